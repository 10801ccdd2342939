import type { ImapFlow } from 'imapflow';
import { readMail } from './mail.js';
import type { Mail } from './mail.js';
import type { Mailbox } from './mailbox.js';

/** The two mailboxes that are read: what came in, and copies of what went out. */
export const BOXES = ['inbox', 'sent'] as const;
export type Box = (typeof BOXES)[number];

/** A mail as it lies in a mailbox. */
export type Lying = { readonly mail: Mail; readonly arrivedAt: number };

/** Up to this size a mail is read whole; of a larger one its beginning, where its text stands. In bytes. */
const WHOLE = 26 * 1024 * 1024;
const BEGINNING = 1024 * 1024;

/** How many mails with one Message-ID are looked at, the newest: it should be one. */
const NAMESAKES = 20;

/**
 * Opens one of them, only to read; its `UIDVALIDITY`: numbers of mails hold as long as it stays the same. null where there is none.
 */
export async function openBox(client: ImapFlow, mailbox: Mailbox, box: Box): Promise<string | null> {
  const path = box === 'inbox' ? 'INBOX' : await sentPath(client, mailbox);
  if (path === null) return null;
  const { uidValidity } = await client.mailboxOpen(path, { readOnly: true });
  return uidValidity.toString();
}

/** Where copies of what was sent lie; null where the mailbox has no such place. */
export async function sentPath(client: ImapFlow, { sentMailbox }: Mailbox): Promise<string | null> {
  if (sentMailbox !== undefined) return sentMailbox;
  return (await client.list()).find(({ specialUse }) => specialUse === '\\Sent')?.path ?? null;
}

/** Numbers of the mails with a Message-ID, in the open mailbox. */
export async function numbersOf(client: ImapFlow, id: string): Promise<readonly number[]> {
  // Ids without angle brackets are ours, of mails that have none: nobody can look for them.
  if (!id.startsWith('<')) return [];
  return (await client.search({ header: { 'message-id': id } }, { uid: true })) || [];
}

/** Reads one mail of the open mailbox: null where it has gone, its bytes where nobody can be told to have written it. */
export async function readNumber(client: ImapFlow, mailbox: Mailbox, uid: number): Promise<Lying | Buffer | null> {
  const meta = await client.fetchOne(String(uid), { uid: true, size: true, internalDate: true }, { uid: true });
  if (meta === false) return null;
  const source = (meta.size ?? 0) > WHOLE ? { start: 0, maxLength: BEGINNING } : true;
  const whole = await client.fetchOne(String(uid), { uid: true, source }, { uid: true });
  if (whole === false || whole.source === undefined) return null;
  const mail = await readMail(whole.source, mailbox.address, source === true);
  if (mail === null) return whole.source;
  const arrivedAt = meta.internalDate === undefined ? NaN : new Date(meta.internalDate).getTime();
  return { mail, arrivedAt: Number.isNaN(arrivedAt) ? Date.now() : arrivedAt };
}

/** What stands at the heads of the mails with a Message-ID in one of the mailboxes, the newest first: mostly there is one. */
export async function findHeads(client: ImapFlow, mailbox: Mailbox, box: Box, id: string): Promise<readonly Mail[]> {
  const heads: Mail[] = [];
  for (const uid of await newestOf(client, mailbox, box, id)) {
    const found = await client.fetchOne(String(uid), { headers: true }, { uid: true });
    const head = found === false || found.headers === undefined ? null : await readMail(found.headers, mailbox.address);
    if (head !== null) heads.push(head);
  }
  return heads;
}

/**
 * The newest mail with a Message-ID in one of the mailboxes, or null.
 *
 * @param print of the one that is meant, where several have this id; left out = any of them
 */
export async function findMail(
  client: ImapFlow,
  mailbox: Mailbox,
  box: Box,
  id: string,
  print?: string,
): Promise<Lying | null> {
  for (const uid of await newestOf(client, mailbox, box, id)) {
    const found = await readNumber(client, mailbox, uid);
    const isMeant = found !== null && !Buffer.isBuffer(found) && (print === undefined || found.mail.print === print);
    if (isMeant) return found;
    if (print === undefined) return null;
  }
  return null;
}

/** Every mail with a Message-ID in one of the mailboxes, in the order in which they came; copies of one count as one. */
export async function findAll(client: ImapFlow, mailbox: Mailbox, box: Box, id: string): Promise<readonly Lying[]> {
  if (!id.startsWith('<')) return [];
  const all = await findLying(client, mailbox, box, { 'message-id': id }, NAMESAKES);
  return all.filter(({ mail }, at) => all.findIndex((other) => other.mail.print === mail.print) === at);
}

/** Mails of one of the mailboxes with these words in their head, the newest `limit` of them in the order of their numbers. */
export async function findLying(
  client: ImapFlow,
  mailbox: Mailbox,
  box: Box,
  header: Readonly<Record<string, string>>,
  limit: number,
): Promise<readonly Lying[]> {
  if ((await openBox(client, mailbox, box)) === null) return [];
  const uids = (await client.search({ header }, { uid: true })) || [];
  const lying: Lying[] = [];
  for (const uid of uids.slice(-limit)) {
    const found = await readNumber(client, mailbox, uid);
    if (found !== null && !Buffer.isBuffer(found)) lying.push(found);
  }
  return lying;
}

async function newestOf(client: ImapFlow, mailbox: Mailbox, box: Box, id: string): Promise<readonly number[]> {
  if ((await openBox(client, mailbox, box)) === null) return [];
  return [...(await numbersOf(client, id))].reverse().slice(0, NAMESAKES);
}
