import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { readMailServer } from './mail-server.js';
import type { MailServer } from './mail-server.js';

/** One plain letter to one person. */
export type Mail = {
  /** Stands in the Message-ID: the same over retries. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly urgent: boolean;
};

/**
 * What became of handing a mail in. `not_taken`: certainly not, and it may be tried again; `refused`: never will be; `unknown`: the
 * connection broke when all of it may have been there. `code` is a word of ours, never a server's text, which may quote an address.
 */
export type MailOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'not_taken'; readonly code: string }
  | { readonly kind: 'unknown'; readonly code: string };

/** How long one command may take, in ms. */
const PATIENCE_MS = 10_000;

/** How long handing in one mail may take at most, in ms. */
export const MAIL_TIMEOUT_MS = 30_000;

/** Hands mails to the installation's mail server, one connection each. Never throws: every end is an outcome. */
export class Mailer {
  readonly #server: MailServer | null;

  /**
   * @param url `smtp://` or `smtps://` with user and password; undefined = there is no mail
   * @param from who writes, as `Name <address>`
   */
  constructor({ url, from }: { readonly url: string | undefined; readonly from: string | undefined }) {
    this.#server = url === undefined || from === undefined ? null : readMailServer(url, from);
  }

  /** Whether mail can be sent at all. */
  get isSetUp(): boolean {
    return this.#server !== null;
  }

  /** Hands in one mail. */
  async send(mail: Mail): Promise<MailOutcome> {
    const server = this.#server;
    if (server === null) return { kind: 'refused', code: 'mail_not_set_up' };
    const message = new Watched(await compose(server, mail));
    try {
      await handIn(server, mail.to, message);
      return { kind: 'taken' };
    } catch (error) {
      return outcomeOf(error, message.begun);
    }
  }
}

/** Message bytes that know whether the server has been sent any of them. */
class Watched extends Readable {
  begun = false;
  #bytes: Buffer | null;

  constructor(bytes: Buffer) {
    super();
    this.#bytes = bytes;
  }

  override _read(): void {
    this.begun = true;
    this.push(this.#bytes);
    this.#bytes = null;
  }
}

function compose({ from }: MailServer, { id, to, subject, text, urgent }: Mail): Promise<Buffer> {
  const [, domain = 'localhost'] = from.address.split('@');
  return new MailComposer({
    from,
    to: { name: '', address: to },
    subject,
    text,
    messageId: `<${id}@${domain}>`,
    // No absence note is to answer it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', ...(urgent ? { Importance: 'High' } : {}) },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

function handIn({ options, auth, from }: MailServer, to: string, message: Watched): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({
      ...options,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      dnsTimeout: PATIENCE_MS,
    });
    const end = (error?: Error | null): void => {
      clearTimeout(timer);
      connection.close();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => end(Object.assign(new Error('Too slow'), { code: 'ETIMEDOUT' })), MAIL_TIMEOUT_MS);
    const send = (): void => connection.send({ from: from.address, to }, message, (error) => end(error));
    connection.on('error', end);
    connection.connect((error) => {
      if (error) return end(error);
      if (auth === null) return send();
      connection.login({ credentials: auth }, (refused) => (refused ? end(refused) : send()));
    });
  });
}

type SmtpError = { readonly code?: string; readonly command?: string; readonly responseCode?: number };

/** An answer of the server is definite; without one nothing has happened unless the message was on its way. */
function outcomeOf(error: unknown, begun: boolean): MailOutcome {
  const { code = 'error', command = '', responseCode } = error as SmtpError;
  if (responseCode !== undefined) {
    const reply = `smtp_${responseCode}`;
    // Who may not log in is no matter of this mail: somebody has to set it right, and then it goes.
    const permanent = responseCode >= 500 && responseCode !== 503 && !command.startsWith('AUTH');
    return { kind: permanent ? 'refused' : 'not_taken', code: reply };
  }
  return { kind: begun ? 'unknown' : 'not_taken', code: code.toLowerCase().slice(0, 64) };
}
