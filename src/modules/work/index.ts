export { Nudges, processNudges } from './nudges.js';
export type { Nudged } from './nudges.js';
export { requestWork, withdrawWork, WorkQueue } from './work-queue.js';
export type { WorkItem, WorkKind, WorkRequest } from './work-queue.js';
export { WorkLoop } from './work-loop.js';
export type { WorkHandler, WorkLoopOptions } from './work-loop.js';
export { WorkModule } from './work.module.js';
