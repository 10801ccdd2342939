export { given, isSame, memberOf, recordChange, takeTurn } from './change.js';
export type { AuditedValues, Author, Change, ConfiguredWord } from './change.js';
export { durationSetting, settingMs, urlSetting } from './settings.js';
export { keyedEntity, versionEntity } from './versioned.entities.js';
export { VersionedThings } from './versioned-things.js';
export type { Configured, Kind, NewThing, SpecPatch } from './versioned-things.js';
export { findKeyed, Versions } from './versions.js';
export type { VersionRow } from './versions.js';
