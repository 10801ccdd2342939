export { notifyMembers } from './notification-writes.js';
export type { NewNotification } from './notification-writes.js';
export { listNotifications, notificationPlace, readNotification } from './notification-list.js';
export type { Notification, NotificationPlace, NotificationSelection } from './notification-list.js';
export { HeldNotices } from './held-notices.js';
export { NotificationModule } from './notification.module.js';
export { changeQuietHours, readQuietHours } from './quiet-hours.js';
