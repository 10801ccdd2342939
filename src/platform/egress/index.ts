export { Egress, EgressBlocked, errorCode, nothingSent } from './egress.js';
export type { EgressRequest, EgressResponse } from './egress.js';
export { EgressRules } from './address.js';
