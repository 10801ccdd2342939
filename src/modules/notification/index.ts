export { notifyMembers } from './notification-writes.js';
export type { NewNotification } from './notification-writes.js';
