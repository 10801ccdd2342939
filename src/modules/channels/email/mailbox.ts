import { z } from 'zod';
import type { MailServer } from '../../../platform/mail/index.js';
import type { Access } from '../connector.js';
import { SIGN_INS } from './sign-in.js';
import type { SignIn } from './sign-in.js';

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

/** What an administrator gives of a mailbox that a password opens. */
export const passwordMailboxShape = z.strictObject({
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

/** What an administrator gives of a mailbox that a password opens, or a consent. */
export const mailboxShape = passwordMailboxShape
  .extend({
    password: word.optional(),
    /** The provider at which somebody consents; left out = a password opens it. */
    signIn: z.enum(SIGN_INS).optional(),
  })
  .superRefine(({ signIn, password, smtpPassword }, context) => {
    const refuse = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
    if (signIn === undefined && password === undefined) refuse('password', 'Give a password, or signIn');
    if (signIn !== undefined && password !== undefined) refuse('password', 'Left out where signIn is given');
    if (signIn !== undefined && smtpPassword !== undefined) refuse('smtpPassword', 'Left out where signIn is given');
  });

export const MAILBOX_SECRETS = ['password', 'smtpPassword'] as const;

export type MailboxGiven = Omit<z.infer<typeof passwordMailboxShape>, 'password'> & {
  readonly password?: string | undefined;
  readonly signIn?: SignIn | undefined;
};

/** A mailbox and where mail for others is handed in. */
export type Mailbox<G extends MailboxGiven = MailboxGiven> = G & {
  readonly user: string;
  readonly login: Login;
  readonly smtpLogin: Login;
};

/** With what somebody logs in: a password, or the access token of a consent. */
type Login = { readonly pass: string } | { readonly accessToken: string };

/** The mailbox behind an access, by the shape of what was given; null where what is kept does not fit any more. */
export function mailboxOf<G extends MailboxGiven>(
  { settings, secrets }: Access,
  shape: z.ZodType<G>,
): Mailbox<G> | null {
  const [first = '', second = ''] = secrets;
  const isConsented = settings?.['signIn'] !== undefined;
  const passwords = { password: first, ...(second === '' ? {} : { smtpPassword: second }) };
  const parsed = shape.safeParse(isConsented ? settings : { ...settings, ...passwords }).data;
  if (parsed === undefined) return null;
  const login: Login = isConsented ? { accessToken: first } : { pass: first };
  const smtpLogin: Login = isConsented || second === '' ? login : { pass: second };
  return { ...parsed, user: parsed.user ?? parsed.address, login, smtpLogin };
}

/** The server that takes mail, at one of its checked addresses. */
export function mailServerOf(mailbox: Mailbox, address: string): MailServer {
  const { smtpHost, smtpPort, smtpSecurity, user, smtpLogin } = mailbox;
  return {
    options: {
      host: address,
      port: smtpPort,
      secure: smtpSecurity === 'tls',
      requireTLS: smtpSecurity === 'starttls',
      ignoreTLS: smtpSecurity === 'none',
      tls: { servername: smtpHost },
    },
    auth: { user, ...smtpLogin },
    from: { name: mailbox.name ?? '', address: mailbox.address },
  };
}

/** The Message-ID of a message of ours: it stays the same over attempts, and is what it is found by. */
export function ownMessageId(intentId: string, { address }: Mailbox): string {
  return `<${intentId}@${address.split('@')[1] ?? 'localhost'}>`;
}
