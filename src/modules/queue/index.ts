export { DutyReport, placeOf } from './duty-report.js';
export type { OnDuty, QueueGap, QueueOnDuty } from './duty-report.js';
export {
  defaultQueue,
  isQueue,
  memberHours,
  peopleOfRole,
  person,
  queueActivity,
  queueFacts,
  rotateQueue,
  takeChoiceTurn,
} from './queue-facts.js';
export type { HoursStores } from './queue-facts.js';
export { calendarRef, recordedQueue, wholeQueue } from './recorded-queue.js';
export type { CalendarRef, RecordedQueue } from './recorded-queue.js';
export { QueueEntity, QueueMemberEntity } from './queue.entities.js';
export { QueueModule } from './queue.module.js';
export { Queues } from './queues.js';
export type { ConfiguredQueue } from './queues.js';
