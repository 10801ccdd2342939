import MailComposer from 'nodemailer/lib/mail-composer';
import type { ImapFlow } from 'imapflow';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { errorCode } from '../../../platform/egress/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import { handIn } from '../../../platform/mail/index.js';
import type { MailOutcome } from '../../../platform/mail/index.js';
import type { Access, OutgoingFile, OutgoingMessage, Sought } from '../connector.js';
import { numbersOf, openBox, sentPath } from './boxes.js';
import type { Correspondence, Letter } from './correspondence.js';
import type { Imap, ImapResult } from './imap.js';
import { mailboxOf, mailServerOf, ownMessageId } from './mailbox.js';
import type { Mailbox, MailboxGiven } from './mailbox.js';

/** Writes mails, and finds them again among the copies of what was sent. */
export class EmailSending<G extends MailboxGiven> {
  constructor(
    private readonly imap: Imap,
    private readonly egress: Egress,
    private readonly correspondence: Correspondence<G>,
  ) {}

  /** Reads what is answered, hands the answer in and keeps a copy, all within one attempt's time. */
  async send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const mailbox = mailboxOf(access, this.correspondence.shape);
    if (mailbox === null) return { kind: 'not_taken', retryAfterMs: null, reason: 'token_invalid' };
    const endsAt = Date.now() + access.requestTimeoutMs;
    const id = ownMessageId(message.intentId, mailbox);
    // Whatever happens to the mailbox after the mail was handed in: this stands.
    let end: SendOutcome | null = null;
    const result = await this.imap.within(mailbox, access.requestTimeoutMs, async (client): Promise<SendOutcome> => {
      const letter = await this.correspondence.letter(client, mailbox, message);
      if (letter === null) return { kind: 'refused', reason: 'address_unknown' };
      const bytes = await compose(mailbox, letter, message.files ?? [], id);
      const { to } = letter;
      end = outcomeOf(await this.#handIn(mailbox, { to, bytes }, Math.max(1, endsAt - Date.now())), id);
      if (end.kind === 'taken' && mailbox.sentCopies === 'ours') await keepCopy(client, mailbox, bytes);
      return end;
    });
    return end ?? (result.kind === 'done' ? result.value : notSent(result));
  }

  /**
   * Looks for a message of ours among the copies of what was sent. Where the server makes them, there is one of everything it took;
   * where we do, a missing one proves nothing.
   */
  async find(access: Access, { intentId }: Sought): Promise<ReadOutcome> {
    const mailbox = mailboxOf(access, this.correspondence.shape);
    if (mailbox === null) return { kind: 'failed', reason: 'token_invalid' };
    const id = ownMessageId(intentId, mailbox);
    const result = await this.imap.within(mailbox, access.requestTimeoutMs, (client) => isSent(client, mailbox, id));
    if (result.kind !== 'done') return { kind: 'failed', reason: codeOf(result) };
    // The mailbox for copies was taken away or renamed: that nothing is found there proves nothing.
    if (result.value === null) return { kind: 'failed', reason: 'sent_mailbox_missing' };
    if (result.value) return { kind: 'found', status: 'available', externalId: id };
    return mailbox.sentCopies === 'server' ? { kind: 'absent' } : { kind: 'failed', reason: 'no_copy' };
  }

  /** Whether mail could be handed in: a login, and nothing more. null = yes. */
  async tryLogin(mailbox: Mailbox, timeoutMs: number): Promise<MailOutcome> {
    return this.#handIn(mailbox, null, timeoutMs);
  }

  async #handIn(
    mailbox: Mailbox,
    mail: { readonly to: string; readonly bytes: Buffer } | null,
    timeoutMs: number,
  ): Promise<MailOutcome> {
    const { smtpHost: host, smtpPort: port, smtpSecurity: security, address: from } = mailbox;
    let addresses: readonly string[];
    try {
      addresses = await this.egress.mailAddresses({ host, port, secure: security !== 'none' });
    } catch (error) {
      const code = errorCode(error).toLowerCase().slice(0, 64);
      return { kind: code === 'egress_blocked' ? 'refused' : 'not_taken', code };
    }
    return handIn(mailServerOf(mailbox, addresses[0] ?? host), mail === null ? null : { from, ...mail }, timeoutMs);
  }
}

/** Whether there is a copy of a mail; null where there is no mailbox for copies. */
async function isSent(client: ImapFlow, mailbox: Mailbox, id: string): Promise<boolean | null> {
  return (await openBox(client, mailbox, 'sent')) === null ? null : (await numbersOf(client, id)).length > 0;
}

/** The mail was handed in whether there is a copy or not. */
async function keepCopy(client: ImapFlow, mailbox: Mailbox, bytes: Buffer): Promise<void> {
  const path = await sentPath(client, mailbox);
  if (path !== null) await client.append(path, bytes, ['\\Seen']);
}

function compose(mailbox: Mailbox, letter: Letter, files: readonly OutgoingFile[], messageId: string): Promise<Buffer> {
  const { to, subject, text, inReplyTo, references, isAutomatic } = letter;
  return new MailComposer({
    from: { name: mailbox.name ?? '', address: mailbox.address },
    to: { name: '', address: to },
    subject,
    text,
    messageId,
    ...(inReplyTo?.startsWith('<') === true ? { inReplyTo, references: [...references] } : {}),
    attachments: files.map(({ name, mediaType, bytes }) => ({
      filename: name,
      contentType: mediaType,
      content: bytes,
    })),
    headers: isAutomatic ? { 'Auto-Submitted': 'auto-replied' } : {},
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** A wrong password for handing in is told like one for the mailbox. */
function outcomeOf(outcome: MailOutcome, id: string): SendOutcome {
  switch (outcome.kind) {
    case 'taken':
      return { kind: 'taken', status: 'available', externalId: id };
    case 'refused':
      return { kind: 'refused', reason: outcome.code };
    case 'unknown':
      return { kind: 'unknown', reason: outcome.code };
    case 'not_taken': {
      const reason = outcome.code === 'smtp_535' ? 'token_invalid' : outcome.code;
      return { kind: 'not_taken', retryAfterMs: null, reason };
    }
  }
}

type NotOpened = Exclude<ImapResult<never>, { kind: 'done' }>;

function notSent(result: NotOpened): SendOutcome {
  if (result.kind === 'blocked') return { kind: 'refused', reason: 'egress_blocked' };
  return { kind: 'not_taken', retryAfterMs: null, reason: codeOf(result) };
}

function codeOf(result: NotOpened): string {
  if (result.kind === 'unauthorised') return 'token_invalid';
  return result.kind === 'blocked' ? 'egress_blocked' : result.code;
}
