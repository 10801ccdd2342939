export { attachEmbedded } from './attach-embedded.js';
export { makeBackup, restoreBackup } from './backup.js';
export type { BackupManifest, BackupOptions } from './backup.js';
export { checkDatabase, checkTemporal, explainListenError } from './boot-checks.js';
export { writeAtomically } from './atomic-file.js';
export { startEmbedded } from './start-embedded.js';
export type { EmbeddedOptions } from './start-embedded.js';
export type { Embedded } from './embedded.js';
