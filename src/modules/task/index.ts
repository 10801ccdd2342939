export { endTask, openTask, requeueTask, snoozeTasks, startDraft } from './task-writes.js';
export type { NewTask } from './task-writes.js';
