export { Egress, retryAfterMs } from './egress.js';
export type { EgressRequest, EgressResponse } from './egress.js';
export { EgressBlocked, errorCode, nothingSent } from './errors.js';
export { EgressRules } from './address.js';
export type { Endpoint } from './address.js';
export type { Resolve } from './connect.js';
export { signatureHeaders } from './signature.js';
