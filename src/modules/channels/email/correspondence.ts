import type { ImapFlow } from 'imapflow';
import type { z } from 'zod';
import type { Answer, OutgoingMessage } from '../connector.js';
import type { ChannelEvent } from '../events.js';
import { findAll, findHeads, findLying } from './boxes.js';
import type { Box, Lying } from './boxes.js';
import { receivedEvents, sentEvents } from './events.js';
import type { Mail } from './mail.js';
import { mailboxShape } from './mailbox.js';
import type { Mailbox, MailboxGiven } from './mailbox.js';
import { buyerOf, headBy, isOnes, parentsOf, referencesTo } from './threads.js';

export type Events = readonly ChannelEvent[];

/** What an answer says besides who writes it: those of one thread stand together in every program. */
export type Letter = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Message-ID of what it answers to, and of the mails before that; null where nobody knows them. */
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Whether it says that no person wrote it (RFC 3834). */
  readonly isAutomatic: boolean;
};

/** What a channel makes of a mailbox: which of the mails in it are its own, what they say, and how its answers look. */
export type Correspondence<G extends MailboxGiven = MailboxGiven> = {
  /** What an administrator gives of the mailbox. */
  readonly shape: z.ZodType<G>;
  /** What a mail in one of both boxes says; nothing where it is none of the channel's. */
  eventsOf(client: ImapFlow, mailbox: Mailbox<G>, box: Box, lying: Lying): Promise<Answer<Events>>;
  /** Everything that lies there of a conversation. */
  conversation(client: ImapFlow, mailbox: Mailbox<G>, conversationId: string): Promise<Answer<Events>>;
  /** An answer, to be sent; null where nobody knows to whom. */
  letter(client: ImapFlow, mailbox: Mailbox<G>, message: OutgoingMessage): Promise<Letter | null>;
};

/** How many answers to one mail are looked at. */
const ANSWERS = 100;

/** Mail as such: whoever writes is a buyer, and each mail may be answered. */
export const anybodysMail: Correspondence = { shape: mailboxShape, eventsOf, conversation, letter };

async function eventsOf(
  client: ImapFlow,
  mailbox: Mailbox,
  box: Box,
  { mail, arrivedAt }: Lying,
): Promise<Answer<Events>> {
  const own = mailbox.address.toLowerCase();
  if (box === 'sent') {
    const parent = await answered(client, mailbox, mail);
    return read(parent === null ? [] : sentEvents(mail, arrivedAt, parent));
  }
  if (mail.from.address === own || mail.answerTo.address === own) return read([]);
  return read(receivedEvents(mail, { arrivedAt, buyer: await buyerOf(client, mailbox, mail) }));
}

/** A mail that came in, with those that have the same id, and what was answered to it. */
async function conversation(client: ImapFlow, mailbox: Mailbox, conversationId: string): Promise<Answer<Events>> {
  const found = await findAll(client, mailbox, 'inbox', conversationId);
  if (found.length === 0) return { kind: 'absent' };
  const events: Events[number][] = [];
  for (const lying of found) {
    const asked = await eventsOf(client, mailbox, 'inbox', lying);
    if (asked.kind !== 'read') return asked;
    events.push(...asked.value);
  }
  const answers = await findLying(client, mailbox, 'sent', { 'in-reply-to': conversationId }, ANSWERS);
  const asking = found.map(({ mail }) => mail);
  const given = answers.flatMap(({ mail, arrivedAt }) =>
    sentEvents(mail, arrivedAt, placeOf(mail, conversationId, asking)),
  );
  return read([...events, ...given]);
}

async function letter(client: ImapFlow, mailbox: Mailbox, message: OutgoingMessage): Promise<Letter> {
  const { text, author, buyerId, conversationId } = message;
  const inReplyTo = message.inReplyTo ?? conversationId;
  const parent = await parentOf(client, mailbox, message);
  return {
    to: parent?.answerTo.address ?? buyerId,
    subject: answerSubject(parent?.subject ?? '', mailbox),
    text,
    inReplyTo,
    references: parent === null ? [inReplyTo] : referencesTo(parent),
    // A person's answer is a person's, whoever's program it was written in (RFC 3834, 5).
    isAutomatic: author === 'automated',
  };
}

async function parentOf(client: ImapFlow, mailbox: Mailbox, message: OutgoingMessage): Promise<Mail | null> {
  for (const id of new Set([message.inReplyTo ?? '', message.conversationId])) {
    const found = headBy(await findHeads(client, mailbox, 'inbox', id), message.buyerId);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Where an answer belongs: to the first of the mails it names that came in, or to whom it goes where several people's have that id. What
 * the shop writes to others than those who wrote to it is none of ours.
 */
async function answered(client: ImapFlow, mailbox: Mailbox, mail: Mail): Promise<string | null> {
  for (const id of parentsOf(mail)) {
    const heads = await findHeads(client, mailbox, 'inbox', id);
    if (heads.length > 0) return placeOf(mail, id, heads);
  }
  return null;
}

/** Where an answer to some mails with one id belongs. */
function placeOf({ to }: Mail, id: string, asking: readonly Mail[]): string {
  return isOnes(asking) ? id : (to[0] ?? id);
}

/** The subject of an answer: as it was, marked once. */
export function answerSubject(subject: string, { name, address }: Mailbox): string {
  return /^(?:re|res|aw|回复)\s*[:：]/i.test(subject) ? subject : `Re: ${subject || name || address}`;
}

function read(value: Events): Answer<Events> {
  return { kind: 'read', value };
}
