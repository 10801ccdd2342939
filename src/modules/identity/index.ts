export { Authenticator } from './authenticator.js';
export type { Principal } from './authenticator.js';
export { IdentityModule } from './identity.module.js';
export { TenantLookup } from './tenant-lookup.js';
