export { RosterStore } from './roster-store.js';
export type { RosterRef } from './roster-store.js';
export { RosterEntity, RosterVersionEntity } from './roster.entities.js';
export { RosterModule } from './roster.module.js';
export { Rosters } from './rosters.js';
export type { ConfiguredRoster, RosterPatch } from './rosters.js';
