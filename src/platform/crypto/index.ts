export { Vault } from './vault.js';
export type { Place } from './vault.js';
