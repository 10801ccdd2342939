export { BITE_KEY_LENGTH, biteColumns, bitePosition, bitePositionOf, bitesAfter, BITES_FIRST } from './bites-first.js';
export type { BiteKey, BitePosition } from './bites-first.js';
export { endTask, openTask, requeueTask, snoozeTasks, startDraft } from './task-writes.js';
export type { NewTask } from './task-writes.js';
