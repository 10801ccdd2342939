import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { EmailConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Access, Connector, Credentials, Files, OutgoingMessage, Sought } from '../connector.js';
import { anybodysMail } from './correspondence.js';
import { consentedCredentials, mailboxCredentials } from './credentials.js';
import { Imap } from './imap.js';
import { mailboxShape } from './mailbox.js';
import type { MailboxGiven } from './mailbox.js';
import { EmailReading } from './reading.js';
import { EmailSending } from './sending.js';
import { signInOf } from './sign-in.js';

/** E-mail: a shop's own mailbox, read by IMAP; answers are handed in by SMTP. Nobody tells of anything: it is looked at. */
export class EmailConnector implements Connector {
  readonly name = 'email';
  readonly capabilities = CAPABILITIES.email;
  readonly reading: EmailReading<MailboxGiven>;
  readonly files: Files;
  readonly credentials: Credentials;
  readonly #sending: EmailSending<MailboxGiven>;

  /** @param waitMs how long one wait for news of a mailbox lasts before it is begun anew */
  constructor(settings: EmailConfig, egress: Egress, waitMs?: number) {
    const imap = new Imap(egress, waitMs);
    this.reading = new EmailReading(imap, anybodysMail);
    this.files = this.reading;
    this.#sending = new EmailSending(imap, egress, anybodysMail);
    const credentials = mailboxCredentials(imap, this.#sending, mailboxShape);
    this.credentials = consentedCredentials(credentials, mailboxShape, (given) => signInOf(settings, egress, given));
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return this.#sending.send(access, message);
  }

  readonly find = (access: Access, sought: Sought): Promise<ReadOutcome> => this.#sending.find(access, sought);
}
