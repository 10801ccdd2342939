export { AccountModule } from './account.module.js';
export { readHealth } from './account-health.js';
export type { AccountHealth } from './account-health.js';
export { accountHash } from './account-lookup.js';
export { Accounts } from './accounts.js';
export type { AccessResult } from './accounts.js';
export { Consents } from './consents.js';
export type { ConsentRefusal } from './consents.js';
export { moveSweep, sweepCursor } from './sweep-rows.js';
