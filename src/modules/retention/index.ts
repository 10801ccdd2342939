export { retainUntil } from './retain-until.js';
export { RetentionSweep } from './retention-sweep.js';
export type { SweepCounts } from './retention-sweep.js';
export { RetentionModule } from './retention.module.js';
