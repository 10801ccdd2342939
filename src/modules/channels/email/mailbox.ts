import { z } from 'zod';
import type { MailServer } from '../../../platform/mail/index.js';
import type { Access } from '../connector.js';

const host = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'The name of a server');
const port = z.number().int().min(1).max(65_535);
/** `tls` = from the first byte, `starttls` = asked for and demanded, `none` = only within one's own network. */
const security = z.enum(['tls', 'starttls', 'none']);
const word = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[^\p{Cc}]+$/u, 'No control characters');

/** What an administrator gives of a mailbox. */
export const mailboxShape = z.strictObject({
  /** Under which the shop writes and is written to. */
  address: z.email().max(254),
  /** Shown beside it. */
  name: word.max(100).optional(),
  imapHost: host,
  imapPort: port.default(993),
  imapSecurity: security.default('tls'),
  smtpHost: host,
  smtpPort: port.default(465),
  smtpSecurity: security.default('tls'),
  /** Name of the login; the address unless given. */
  user: word.optional(),
  password: word,
  /** Where handing in takes another one. */
  smtpPassword: word.optional(),
  /** Who puts copies of what was sent into the mailbox: the server by itself, or we. */
  sentCopies: z.enum(['server', 'ours']).default('ours'),
  /** Name of that mailbox, where the server does not say which it is. */
  sentMailbox: word.optional(),
});

export const MAILBOX_SECRETS = ['password', 'smtpPassword'] as const;

export type MailboxGiven = z.infer<typeof mailboxShape>;

/** A mailbox and where mail for others is handed in. */
export type Mailbox<G extends MailboxGiven = MailboxGiven> = G & {
  readonly user: string;
  readonly smtpPassword: string;
};

/** The mailbox behind an access, by the shape of what was given; null where what is kept does not fit any more. */
export function mailboxOf<G extends MailboxGiven>(
  { settings, secrets }: Access,
  shape: z.ZodType<G>,
): Mailbox<G> | null {
  const [password = '', smtpPassword = ''] = secrets;
  const given = { ...settings, password, ...(smtpPassword === '' ? {} : { smtpPassword }) };
  const parsed = shape.safeParse(given).data;
  if (parsed === undefined) return null;
  return { ...parsed, user: parsed.user ?? parsed.address, smtpPassword: parsed.smtpPassword ?? parsed.password };
}

/** The server that takes mail, at one of its checked addresses. */
export function mailServerOf(mailbox: Mailbox, address: string): MailServer {
  const { smtpHost, smtpPort, smtpSecurity, user, smtpPassword } = mailbox;
  return {
    options: {
      host: address,
      port: smtpPort,
      secure: smtpSecurity === 'tls',
      requireTLS: smtpSecurity === 'starttls',
      ignoreTLS: smtpSecurity === 'none',
      tls: { servername: smtpHost },
    },
    auth: { user, pass: smtpPassword },
    from: { name: mailbox.name ?? '', address: mailbox.address },
  };
}

/** The Message-ID of a message of ours: it stays the same over attempts, and is what it is found by. */
export function ownMessageId(intentId: string, { address }: Mailbox): string {
  return `<${intentId}@${address.split('@')[1] ?? 'localhost'}>`;
}
