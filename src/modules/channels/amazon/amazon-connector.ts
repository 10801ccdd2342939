import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ChannelCapabilities } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { AmazonConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Budget } from '../budget.js';
import type { Access, Beside, Connector, Credentials, Files, OutgoingMessage, Sought } from '../connector.js';
import { mailboxCredentials } from '../email/credentials.js';
import { Imap } from '../email/imap.js';
import { EmailReading } from '../email/reading.js';
import { EmailSending } from '../email/sending.js';
import { RelayedMail } from './correspondence.js';
import type { RelayMailbox } from './mailbox.js';
import { sellingPartner } from './selling-partner.js';

/** Amazon: buyers write through a mail relay into the shop's mailbox, and answers go back the same way. No API reads or answers them. */
export class AmazonConnector implements Connector {
  readonly name = 'amazon';
  readonly capabilities: ChannelCapabilities;
  readonly reading: EmailReading<RelayMailbox>;
  readonly files: Files;
  readonly credentials: Credentials;
  readonly beside?: Beside;
  readonly #sending: EmailSending<RelayMailbox>;

  /** @param budget of the application; null without one */
  constructor(settings: AmazonConfig, egress: Egress, budget: Budget | null) {
    this.capabilities = takingAtMost(settings.filesMaxBytes);
    const imap = new Imap(egress);
    const mail = new RelayedMail(settings);
    this.reading = new EmailReading(imap, mail);
    this.files = this.reading;
    this.#sending = new EmailSending(imap, egress, mail);
    this.credentials = mailboxCredentials(imap, this.#sending, mail.shape);
    const { app } = settings;
    if (app !== undefined && budget !== null) this.beside = sellingPartner(app, egress, budget);
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return this.#sending.send(access, message);
  }

  readonly find = (access: Access, sought: Sought): Promise<ReadOutcome> => this.#sending.find(access, sought);
}

function takingAtMost(bytes: number): ChannelCapabilities {
  const { amazon } = CAPABILITIES;
  const files = { ...amazon.message.files, maxBytes: bytes, maxTotalBytes: bytes };
  return { ...amazon, message: { ...amazon.message, files } };
}
