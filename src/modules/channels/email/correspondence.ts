import type { ImapFlow } from 'imapflow';
import type { z } from 'zod';
import type { Answer, OutgoingMessage } from '../connector.js';
import type { ChannelEvent } from '../events.js';
import { findHead, findLying, findMail, numbersOf, openBox } from './boxes.js';
import type { Box, Lying } from './boxes.js';
import { receivedEvents, sentEvents } from './events.js';
import type { Mail } from './mail.js';
import { mailboxShape } from './mailbox.js';
import type { Mailbox, MailboxGiven } from './mailbox.js';
import { buyerOf, parentsOf, referencesTo } from './threads.js';

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
    const parent = await answered(client, mailbox, parentsOf(mail));
    return read(parent === null ? [] : sentEvents(mail, arrivedAt, parent));
  }
  if (mail.from.address === own || mail.answerTo.address === own) return read([]);
  return read(receivedEvents(mail, { arrivedAt, buyer: await buyerOf(client, mailbox, mail) }));
}

/** A mail that came in and what was answered to it. */
async function conversation(client: ImapFlow, mailbox: Mailbox, conversationId: string): Promise<Answer<Events>> {
  const found = await findMail(client, mailbox, 'inbox', conversationId);
  if (found === null) return { kind: 'absent' };
  const asked = await eventsOf(client, mailbox, 'inbox', found);
  if (asked.kind !== 'read') return asked;
  const answers = conversationId.startsWith('<')
    ? await findLying(client, mailbox, 'sent', { 'in-reply-to': conversationId }, ANSWERS)
    : [];
  return read([
    ...asked.value,
    ...answers.flatMap(({ mail, arrivedAt }) => sentEvents(mail, arrivedAt, conversationId)),
  ]);
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
    const found = await findHead(client, mailbox, 'inbox', id);
    if (found !== null) return found;
  }
  return null;
}

/** The first of some mails that came in; what the shop writes to others than those who wrote to it is none of ours. */
async function answered(client: ImapFlow, mailbox: Mailbox, ids: readonly string[]): Promise<string | null> {
  if (ids.length === 0) return null;
  await openBox(client, mailbox, 'inbox');
  for (const id of ids) if ((await numbersOf(client, id)).length > 0) return id;
  return null;
}

/** The subject of an answer: as it was, marked once. */
export function answerSubject(subject: string, { name, address }: Mailbox): string {
  return /^(?:re|res|aw|回复)\s*[:：]/i.test(subject) ? subject : `Re: ${subject || name || address}`;
}

function read(value: Events): Answer<Events> {
  return { kind: 'read', value };
}
