import { createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { Notice, NoticedPart, Notices, ParsedNotice, Unread } from '../connector.js';
import { payloadErrors } from '../events.js';
import type { ChannelEvent } from '../events.js';
import type { WhatsAppConfig } from '../../../platform/config/index.js';
import { echoEvents, messageEvents, statusEvents } from './events.js';
import { jsonOf } from '../answers.js';
import { echoShape, messageShape, noticeShape, statusShape, valueShape } from './shapes.js';
import type { NoticeValue, WhatsAppNotice } from './shapes.js';

const OBJECT = 'whatsapp_business_account';

/** What changes are about messages; of others nobody here makes use. */
const FIELDS: ReadonlySet<string> = new Set(['messages', 'smb_message_echoes']);

/** Notices of the platform: signed over the raw bytes with the application's secret, so that what they say is true. */
export function whatsAppNotices({ appSecret, verifyToken }: WhatsAppConfig): Notices {
  return {
    verify: (_secrets, notice) => isSigned(appSecret, notice),
    parse,
    challenge: (query) => {
      const isMeant = query['hub.mode'] === 'subscribe' && isSame(query['hub.verify_token'] ?? '', verifyToken);
      const challenge = query['hub.challenge'] ?? '';
      return isMeant && /^[\w.-]{1,256}$/.test(challenge) ? challenge : null;
    },
  };
}

/** The signature of a body, as it stands in `X-Hub-Signature-256`. */
export function signatureOf(appSecret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

function isSigned(appSecret: string, { headers, body }: Notice): boolean {
  return isSame(headers['x-hub-signature-256'] ?? '', signatureOf(appSecret, body));
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parse(body: Buffer): ParsedNotice {
  const parsed = noticeShape.safeParse(jsonOf(body.toString('utf8')));
  if (!parsed.success) return { kind: 'unreadable', errors: payloadErrors(parsed.error) };
  if (parsed.data.object !== OBJECT) return { kind: 'nothing' };
  const changes = parsed.data.entry.flatMap(({ id, changes: all }) =>
    all.filter(({ field }) => FIELDS.has(field)).map((change) => ({ entry: id, ...change })),
  );
  const accounts = new Map<string, Change[]>();
  const unplaced: Unread[] = [];
  for (const change of changes) {
    const value = valueShape.safeParse(change.value);
    if (value.success) {
      const account = value.data.metadata.phone_number_id;
      accounts.set(account, [...(accounts.get(account) ?? []), { ...change, value: value.data }]);
    } else {
      unplaced.push({ body: bodyOf([change]), errors: payloadErrors(value.error) });
    }
  }
  if (accounts.size + unplaced.length === 0) return { kind: 'nothing' };
  return { kind: 'events', parts: [...accounts].map(([account, own]) => partOf(account, own)), unplaced };
}

type Change<V = NoticeValue> = { readonly entry: string | undefined; readonly field: string; readonly value: V };

function partOf(account: string, changes: readonly Change[]): NoticedPart {
  const pieces = changes.flatMap(piecesOf);
  return {
    account,
    body: bodyOf(changes),
    events: pieces.flatMap(({ events }) => events ?? []),
    unread: pieces.flatMap(({ alone, errors }) => (errors === undefined ? [] : [{ body: bodyOf([alone]), errors }])),
  };
}

type Piece = {
  /** The change with nothing but this in it. */
  readonly alone: Change;
  readonly events?: readonly ChannelEvent[];
  readonly errors?: ReturnType<typeof payloadErrors>;
};

/** Each message and status of a change by itself: one that nobody understands must not take others with it. */
function piecesOf(change: Change): Piece[] {
  const { messages = [], message_echoes: echoes = [], statuses = [], contacts, metadata } = change.value;
  const around = { metadata, ...(contacts === undefined ? {} : { contacts }) };
  const piece = <T>(
    member: string,
    given: unknown,
    shape: z.ZodType<T>,
    eventsOf: (value: T) => readonly ChannelEvent[],
  ): Piece => {
    const alone = { ...change, value: { ...around, [member]: [given] } };
    const parsed = shape.safeParse(given);
    return parsed.success ? { alone, events: eventsOf(parsed.data) } : { alone, errors: payloadErrors(parsed.error) };
  };
  return [
    ...messages.map((one) => piece('messages', one, messageShape, (message) => messageEvents(message, contacts ?? []))),
    ...echoes.map((one) => piece('message_echoes', one, echoShape, echoEvents)),
    ...statuses.map((one) => piece('statuses', one, statusShape, statusEvents)),
  ];
}

/** Changes as a notice of their own. */
function bodyOf(changes: readonly Change<unknown>[]): Buffer {
  const entry = changes.map(({ entry: id, field, value }) => ({
    ...(id === undefined ? {} : { id }),
    changes: [{ field, value }],
  }));
  return Buffer.from(JSON.stringify({ object: OBJECT, entry } satisfies WhatsAppNotice));
}
