export { MAIL_TIMEOUT_MS, Mailer } from './mailer.js';
export type { Mail } from './mailer.js';
export { handIn } from './hand-in.js';
export type { MailOutcome } from './hand-in.js';
export type { MailServer } from './mail-server.js';
