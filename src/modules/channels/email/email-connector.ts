import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Access, CheckOutcome, Connector, Credentials, Files, OutgoingMessage, Sought } from '../connector.js';
import { openBox } from './boxes.js';
import { Imap } from './imap.js';
import { MAILBOX_SECRETS, mailboxOf, mailboxShape } from './mailbox.js';
import { EmailReading } from './reading.js';
import { EmailSending } from './sending.js';

/** E-mail: a shop's own mailbox, read by IMAP; answers are handed in by SMTP. Nobody tells of anything: it is looked at. */
export class EmailConnector implements Connector {
  readonly name = 'email';
  readonly capabilities = CAPABILITIES.email;
  readonly reading: EmailReading;
  readonly files: Files;
  readonly credentials: Credentials;
  readonly #imap: Imap;
  readonly #sending: EmailSending;

  constructor(egress: Egress) {
    this.#imap = new Imap(egress);
    this.reading = new EmailReading(this.#imap);
    this.files = this.reading;
    this.#sending = new EmailSending(this.#imap, egress);
    this.credentials = { shape: mailboxShape, secret: MAILBOX_SECRETS, check: (access) => this.#check(access) };
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return this.#sending.send(access, message);
  }

  readonly find = (access: Access, sought: Sought): Promise<ReadOutcome> => this.#sending.find(access, sought);

  /** Logs in at both servers; the mailbox must have a place for what was sent. */
  async #check(access: Access): Promise<CheckOutcome> {
    const mailbox = mailboxOf(access);
    if (mailbox === null) return { kind: 'refused', code: 'settings_invalid' };
    const { requestTimeoutMs: timeoutMs } = access;
    const opened = await this.#imap.within(mailbox, timeoutMs, async (client) => {
      const sent = await openBox(client, mailbox, 'sent');
      await openBox(client, mailbox, 'inbox');
      return sent !== null;
    });
    if (opened.kind === 'unauthorised') return { kind: 'refused', code: 'login_refused', field: 'password' };
    if (opened.kind === 'blocked') return { kind: 'refused', code: 'egress_blocked', field: 'imapHost' };
    if (opened.kind === 'later') return { kind: 'later', code: opened.code };
    if (!opened.value) return { kind: 'refused', code: 'sent_mailbox_missing', field: 'sentMailbox' };
    const login = await this.#sending.tryLogin(mailbox, timeoutMs);
    if (login.kind === 'taken') return { kind: 'good', account: mailbox.address.toLowerCase() };
    if (login.code === 'smtp_535') return { kind: 'refused', code: 'login_refused', field: 'smtpPassword' };
    if (login.code === 'egress_blocked') return { kind: 'refused', code: login.code, field: 'smtpHost' };
    return { kind: 'later', code: login.code };
  }
}
