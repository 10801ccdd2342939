import type { ImapFlow } from 'imapflow';
import { findHead } from './boxes.js';
import type { Mail, Party } from './mail.js';
import type { Mailbox } from './mailbox.js';

/** How many mails back somebody is looked for. */
const MAX_BACK = 4;

/**
 * Who wrote first in the thread a mail answers to, so that an answer from another address of theirs comes into the same conversation:
 * by In-Reply-To, then by References from the end. Never by the subject, which anybody may write.
 *
 * @returns null where it answers to nothing that lies here
 */
export async function buyerOf(client: ImapFlow, mailbox: Mailbox, mail: Mail): Promise<Party | null> {
  for (const id of parentsOf(mail)) {
    const [to] = (await findHead(client, mailbox, 'sent', id))?.to ?? [];
    if (to !== undefined) return { address: to, name: to === mail.answerTo.address ? mail.answerTo.name : null };
    const theirs = await findHead(client, mailbox, 'inbox', id);
    if (theirs !== null) return theirs.answerTo;
  }
  return null;
}

/** The mails one answers to, the nearest first. */
export function parentsOf({ inReplyTo, references }: Mail): string[] {
  const all = [...(inReplyTo === null ? [] : [inReplyTo]), ...[...references].reverse()];
  return [...new Set(all)].slice(0, MAX_BACK);
}

/** References of an answer (RFC 5322, 3.6.4): those of the mail it answers to, and that mail. */
export function referencesTo({ id, references, inReplyTo }: Mail): string[] {
  const before = references.length > 0 ? [...references] : inReplyTo === null ? [] : [inReplyTo];
  // A thread may be long; the first tells which it is, the last ones where in it.
  const kept = before.length > 20 ? [...before.slice(0, 1), ...before.slice(-19)] : before;
  return id.startsWith('<') ? [...kept, id] : kept;
}
