export { Damaged, openBytes, SEAL_BYTES, sealBytes } from './cipher.js';
export { Erased, KeyHeld, KeyMissing } from './errors.js';
export type { Owner } from './errors.js';
export type { Keys, Place } from './keys.js';
export { RootKeys } from './root-keys.js';
export type { KeyringFigures, KeyRotation, RotationStep } from './rotation.js';
export { INSTALLATION, Vault } from './vault.js';
export type { Wanted } from './vault.js';
