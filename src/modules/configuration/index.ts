export { given, isSame, memberOf, recordChange, takeTurn } from './change.js';
export type { AuditedValues, Author, Change, ConfiguredWord } from './change.js';
export { durationSetting, settingMs, urlSetting } from './settings.js';
