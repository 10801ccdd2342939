export { given, isSame, memberOf, recordChange, takeTurn } from './change.js';
export type { AuditedValues, Author, Change, ConfiguredWord } from './change.js';
