export { biteColumns, BiteOrder } from './bites-first.js';
export type { AddParameter, BiteKey, Stretch } from './bites-first.js';
export {
  awaitApproval,
  endTask,
  openTask,
  renameStep,
  requeueTask,
  snoozeTasks,
  startDraft,
  taskWords,
} from './task-writes.js';
export type { InheritedWords, NewTask } from './task-writes.js';
export { Claims } from './claims.js';
export type { Draft, HoldResult, TaskActor } from './claims.js';
export type { ExplainedRefusal } from './explained-refusal.js';
export { SHIFT_OFFER } from './hold-records.js';
export type { RecordedOffer } from './hold-records.js';
export { LeaseKeeper } from './lease-keeper.js';
export { peekTask, tasksHeldBy } from './task-rows.js';
export type { HeldTask } from './task-rows.js';
export { TaskModule } from './task.module.js';
