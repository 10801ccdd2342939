export { retainUntil } from './retain-until.js';
export { RETENTION_DAYS, RetentionClasses } from './retention-classes.js';
export type { ConfiguredRetentionClass } from './retention-classes.js';
export { RetentionClassEntity } from './retention.entities.js';
export { RetentionSweep } from './retention-sweep.js';
export type { SweepCounts } from './retention-sweep.js';
export { RetentionModule } from './retention.module.js';
