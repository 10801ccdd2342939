export { networkOf } from './network.js';
export { Rates } from './rates.js';
export type { Spender } from './rates.js';
