export { inquiry } from './inquiry.js';
export { retentionSweep } from './retention-sweep.js';
