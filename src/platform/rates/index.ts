export { networkOf } from './network.js';
export { Buckets } from './buckets.js';
export type { BucketLevel, BucketSize } from './buckets.js';
export { Rates } from './rates.js';
export type { Spender } from './rates.js';
