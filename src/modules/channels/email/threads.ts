import type { ImapFlow } from 'imapflow';
import { findHeads } from './boxes.js';
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
    const [to] = (await findHeads(client, mailbox, 'sent', id))[0]?.to ?? [];
    if (to !== undefined) return { address: to, name: to === mail.answerTo.address ? mail.answerTo.name : null };
    const theirs = headBy(await findHeads(client, mailbox, 'inbox', id), mail.answerTo.address);
    if (theirs !== null) return theirs.answerTo;
  }
  return null;
}

/** The newest of some mails with one id that somebody wrote; where all of them are one person's, theirs. Nobody else's is taken for it. */
export function headBy(heads: readonly Mail[], address: string): Mail | null {
  const own = heads.find(({ answerTo, from }) => answerTo.address === address || from.address === address);
  return own ?? (isOnes(heads) ? (heads[0] ?? null) : null);
}

/** Whether all of some mails are one person's. */
export function isOnes(mails: readonly Mail[]): boolean {
  return new Set(mails.map(({ answerTo }) => answerTo.address)).size === 1;
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
