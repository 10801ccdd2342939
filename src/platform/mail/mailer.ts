import MailComposer from 'nodemailer/lib/mail-composer';
import { handIn } from './hand-in.js';
import type { MailOutcome } from './hand-in.js';
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
    const bytes = await compose(server, mail);
    return handIn(server, { from: server.from.address, to: mail.to, bytes }, MAIL_TIMEOUT_MS);
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
