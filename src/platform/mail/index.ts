export { MAIL_TIMEOUT_MS, Mailer } from './mailer.js';
export type { Mail, MailOutcome } from './mailer.js';
