export { Nudges, processNudges } from './nudges.js';
export type { Nudged } from './nudges.js';
export { WorkQueue } from './work-queue.js';
export type { WorkItem, WorkKind } from './work-queue.js';
export { requestWork, withdrawWork } from './work-requests.js';
export type { WorkRequest } from './work-requests.js';
export { WorkLoop } from './work-loop.js';
export type { WorkHandler, WorkLoopOptions } from './work-loop.js';
export { WorkModule } from './work.module.js';
