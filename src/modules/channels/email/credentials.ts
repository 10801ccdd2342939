import type { z } from 'zod';
import type { Access, Authorisation, CheckOutcome, Credentials, Given } from '../connector.js';
import { openBox } from './boxes.js';
import type { Imap } from './imap.js';
import { MAILBOX_SECRETS, mailboxOf } from './mailbox.js';
import type { MailboxGiven } from './mailbox.js';
import type { EmailSending } from './sending.js';

/** What a mailbox is reached with. */
export function mailboxCredentials<G extends MailboxGiven>(
  imap: Imap,
  sending: EmailSending<G>,
  shape: z.ZodType<G>,
): Credentials {
  return { shape, secret: MAILBOX_SECRETS, check: (access) => check(imap, sending, shape, access) };
}

/** The same where a consent may open the mailbox instead of a password. */
export function consentedCredentials<G extends MailboxGiven>(
  credentials: Credentials,
  shape: z.ZodType<G>,
  consent: (settings: Given) => Authorisation | null | undefined,
): Credentials {
  return {
    ...credentials,
    consent,
    check: async (access) => {
      const { settings = {}, secrets } = access;
      const asked = consent(settings);
      if (asked === undefined) return { kind: 'refused', code: 'sign_in_not_set_up', field: 'signIn' };
      const mailbox = mailboxOf(access, shape);
      // Nobody can log in before somebody has consented; then it is tried.
      if (asked !== null && mailbox !== null && (secrets[0] ?? '') === '')
        return { kind: 'good', account: mailbox.address.toLowerCase() };
      return credentials.check(access);
    },
  };
}

/** Logs in at both servers; the mailbox must have a place for what was sent. */
async function check<G extends MailboxGiven>(
  imap: Imap,
  sending: EmailSending<G>,
  shape: z.ZodType<G>,
  access: Access,
): Promise<CheckOutcome> {
  const mailbox = mailboxOf(access, shape);
  if (mailbox === null) return { kind: 'refused', code: 'settings_invalid' };
  const { requestTimeoutMs: timeoutMs } = access;
  const opened = await imap.within(mailbox, timeoutMs, async (client) => {
    const sent = await openBox(client, mailbox, 'sent');
    await openBox(client, mailbox, 'inbox');
    return sent !== null;
  });
  if (opened.kind === 'unauthorised') return { kind: 'refused', code: 'login_refused', field: 'password' };
  if (opened.kind === 'blocked') return { kind: 'refused', code: 'egress_blocked', field: 'imapHost' };
  if (opened.kind === 'later') return { kind: 'later', code: opened.code };
  if (!opened.value) return { kind: 'refused', code: 'sent_mailbox_missing', field: 'sentMailbox' };
  const login = await sending.tryLogin(mailbox, timeoutMs);
  if (login.kind === 'taken') return { kind: 'good', account: mailbox.address.toLowerCase() };
  if (login.code === 'smtp_535') return { kind: 'refused', code: 'login_refused', field: 'smtpPassword' };
  if (login.code === 'egress_blocked') return { kind: 'refused', code: login.code, field: 'smtpHost' };
  return { kind: 'later', code: login.code };
}
