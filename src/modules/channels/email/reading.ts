import type { ImapFlow } from 'imapflow';
import type { Access, Answer, Changes, FetchedFile, Files, Hint, Listener, Reading } from '../connector.js';
import { BOXES, findMail, openBox, readNumber } from './boxes.js';
import type { Box } from './boxes.js';
import type { Correspondence, Events } from './correspondence.js';
import { cursorOf, cursorText, placeOf, placeText } from './cursor.js';
import type { Place } from './cursor.js';
import { fileOfRef } from './events.js';
import type { Imap, ImapResult } from './imap.js';
import { mailboxOf } from './mailbox.js';
import type { Mailbox, MailboxGiven } from './mailbox.js';
import { watchInbox } from './watching.js';

/** Mails that one part of a sweep finds at most, in each mailbox. */
const PAGE = 100;

/** How far back a mailbox is looked through that is new, or whose mails have new numbers, in ms. */
const BACK_MS = 7 * 86_400_000;

/** What is kept of bytes that are no mail, in characters. */
const EXCERPT = 2_000;

/** Reads mailboxes. Nothing in them is changed: no mail is marked as read. */
export class EmailReading<G extends MailboxGiven> implements Reading, Files {
  constructor(
    private readonly imap: Imap,
    private readonly correspondence: Correspondence<G>,
  ) {}

  /** One mail by its number, or what one answers to and its answers. */
  read(access: Access, { kind, resource }: Hint): Promise<Answer<Events>> {
    if (kind === 'thread') return this.conversation(access, resource);
    const [box, place] = [BOXES.find((one) => one === kind), placeOf(resource)];
    if (box === undefined || place === null) return Promise.resolve({ kind: 'absent' });
    return this.#within<Events>(access, async (client, mailbox) => {
      const validity = await openBox(client, mailbox, box);
      // Numbers of before say nothing any more; a sweep finds the mail under its new one.
      if (validity !== place.validity) return { kind: 'absent' };
      const found = await readNumber(client, mailbox, place.uid);
      if (found === null) return { kind: 'absent' };
      if (Buffer.isBuffer(found)) return unreadable(found);
      return this.correspondence.eventsOf(client, mailbox, box, found);
    });
  }

  hintOf(conversationId: string): Hint {
    return { kind: 'thread', resource: conversationId };
  }

  conversation(access: Access, conversationId: string): Promise<Answer<Events>> {
    return this.#within(access, (client, mailbox) => this.correspondence.conversation(client, mailbox, conversationId));
  }

  /** What has come into both mailboxes since the last look. */
  changes(access: Access, cursor: string | null): Promise<Answer<Changes>> {
    const before = cursorOf(cursor);
    return this.#within(access, async (client, mailbox) => {
      const looked = [];
      for (const box of BOXES) looked.push(await newIn(client, mailbox, box, before[box]));
      const after = cursorText(
        Object.fromEntries(looked.flatMap(({ box, place }) => (place === null ? [] : [[box, place]]))),
      );
      const hints = looked.flatMap((one) => one.hints);
      const value: Changes = looked.some(({ more }) => more)
        ? { hints, next: after }
        : { hints, next: null, keep: after };
      return { kind: 'read', value };
    });
  }

  /** Waits for mail in the inbox; copies of what was sent are left to sweeps. */
  readonly watch = async (access: Access, listener: Listener): Promise<Answer<null>> => {
    const mailbox = mailboxOf(access, this.correspondence.shape);
    if (mailbox === null) return { kind: 'unauthorised', code: 'token_invalid' };
    const within = { timeoutMs: access.requestTimeoutMs, signal: listener.signal };
    const result = await this.imap.staying(mailbox, within, (client) => watchInbox(client, mailbox, listener));
    if (listener.signal.aborted) return { kind: 'read', value: null };
    return result.kind === 'done' ? { kind: 'later', retryAfterMs: null, code: 'imap_bye' } : answerOf<null>(result);
  };

  /** A file of a mail that came in, or of a copy of one that went out; the whole mail is read for it. */
  fetch(access: Access, ref: string, maxBytes: number): Promise<Answer<FetchedFile>> {
    const wanted = fileOfRef(ref);
    if (wanted === null) return Promise.resolve({ kind: 'absent' });
    return this.#within<FetchedFile>(access, async (client, mailbox) => {
      const found =
        (await findMail(client, mailbox, 'inbox', wanted.id, wanted.print)) ??
        (await findMail(client, mailbox, 'sent', wanted.id, wanted.print));
      const file = found?.mail.attachments[wanted.index];
      if (file === undefined) return { kind: 'absent' };
      const { bytes } = file;
      return { kind: 'read', value: { bytes: bytes.subarray(0, maxBytes), complete: bytes.length <= maxBytes } };
    });
  }

  async #within<T>(
    access: Access,
    work: (client: ImapFlow, mailbox: Mailbox<G>) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const mailbox = mailboxOf(access, this.correspondence.shape);
    if (mailbox === null) return { kind: 'unauthorised', code: 'token_invalid' };
    return answerOf(await this.imap.within(mailbox, access.requestTimeoutMs, (client) => work(client, mailbox)));
  }
}

function answerOf<T>(result: ImapResult<Answer<T>>): Answer<T> {
  switch (result.kind) {
    case 'done':
      return result.value;
    case 'unauthorised':
      return { kind: 'unauthorised', code: 'token_invalid' };
    case 'blocked':
      return { kind: 'later', retryAfterMs: null, code: 'egress_blocked' };
    case 'later':
      return { kind: 'later', retryAfterMs: null, code: result.code };
  }
}

type Looked = {
  readonly box: Box;
  readonly hints: readonly Hint[];
  readonly place: Place | null;
  readonly more: boolean;
};

/** Numbers grow: what is above the last one is new. A mailbox nobody knows yet, or not any more, is looked through by date. */
async function newIn(client: ImapFlow, mailbox: Mailbox, box: Box, before: Place | undefined): Promise<Looked> {
  const validity = await openBox(client, mailbox, box);
  if (validity === null) return { box, hints: [], place: null, more: false };
  const since = before?.validity === validity ? before.uid : 0;
  const wanted = since > 0 ? { uid: `${since + 1}:*` } : { since: new Date(Date.now() - BACK_MS) };
  const found = (await client.search(wanted, { uid: true })) || [];
  // `n:*` names the last mail even when its number is below n.
  const fresh = found.filter((uid) => uid > since).sort((left, right) => left - right);
  const page = fresh.slice(0, PAGE);
  const last = client.mailbox === false ? 0 : client.mailbox.uidNext - 1;
  const more = fresh.length > page.length;
  return {
    box,
    hints: page.map((uid) => ({ kind: box, resource: placeText({ validity, uid }) })),
    // Whatever comes from now on has a number above the last one, whether anything was found or not.
    place: { validity, uid: more ? (page.at(-1) ?? since) : Math.max(since, page.at(-1) ?? 0, since > 0 ? 0 : last) },
    more,
  };
}

function unreadable(bytes: Buffer): Answer<never> {
  const body = bytes.subarray(0, EXCERPT).toString('latin1').replaceAll('\u0000', '');
  return {
    kind: 'unreadable',
    body,
    errors: [{ pointer: '', detail: 'A mail in which nobody is named who wrote it' }],
  };
}
