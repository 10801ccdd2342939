export { TenantLookup } from './tenant-lookup.js';
export { IdentityModule } from './identity.module.js';
