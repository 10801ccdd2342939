import type { Notice, Notices, ParsedNotice } from '../connector.js';
import { payloadErrors } from '../events.js';
import type { ShopeeApp } from './app.js';
import { jsonOf } from './json.js';
import { chatShape, consentShape, pushShape } from './shapes.js';
import { isSameSignature, pushSignature } from './signature.js';

/** What a push is about; the list is open. */
const CODES = { trial: 0, deauthorised: 2, chat: 10, consentEnds: 12 } as const;

/** Chats of other kinds, such as with affiliates, are none of ours. */
export const BUYERS = 0;

/** Pushes of the platform. They are signed, and yet they only say what to read: messages written elsewhere are not pushed at all. */
export function shopeePushes({ pushKey }: ShopeeApp): Notices {
  return {
    verify: (_secrets, notice) => isSigned(pushKey, notice) || isTrial(notice),
    parse,
  };
}

function isSigned(pushKey: string | undefined, { headers, body, registeredUrl }: Notice): boolean {
  const given = headers['authorization'];
  if (pushKey === undefined || given === undefined || registeredUrl === undefined) return false;
  return isSameSignature(given.toLowerCase(), pushSignature(pushKey, registeredUrl, body));
}

/** The platform tries an address before there is a key. Nothing follows from it. */
function isTrial({ body }: Notice): boolean {
  return pushShape.safeParse(jsonOf(body.toString('utf8'))).data?.code === CODES.trial;
}

function parse(body: Buffer): ParsedNotice {
  const parsed = pushShape.safeParse(jsonOf(body.toString('utf8')));
  if (!parsed.success) return { kind: 'unreadable', errors: payloadErrors(parsed.error) };
  const { code, shop_id: shopId = null, timestamp, msg_id: id, data } = parsed.data;
  const at = (timestamp ?? 0) * 1_000;
  switch (code) {
    case CODES.chat:
      return chat(id ?? '', shopId, data);
    case CODES.deauthorised:
    case CODES.consentEnds:
      return consent(code, shopId, at, data);
    default:
      return { kind: 'nothing' };
  }
}

function chat(id: string, shopId: string | null, data: unknown): ParsedNotice {
  const parsed = chatShape.safeParse(data);
  // The chat also reports what is no message, in shapes of its own.
  if (!parsed.success) return { kind: 'nothing' };
  const {
    conversation_id: conversation,
    message_id: message,
    shop_id: inside,
    business_type: kind,
  } = parsed.data.content;
  const account = shopId ?? inside ?? null;
  if (account === null || (kind ?? BUYERS) !== BUYERS) return { kind: 'nothing' };
  return { kind: 'hints', id, account, hints: [conversationHint(conversation, message ?? null)] };
}

function consent(code: number, shopId: string | null, at: number, data: unknown): ParsedNotice {
  const parsed = consentShape.safeParse(data);
  // It is signed: to refuse it would only make the platform send it again.
  if (!parsed.success) return { kind: 'nothing' };
  const { shop_id: one, shop_id_list: many, shop_expire_soon: soon, expire_before: before } = parsed.data;
  if (code === CODES.consentEnds) {
    if (before === null || before === undefined) return { kind: 'nothing' };
    return { kind: 'consent', accounts: soon ?? [], endsAt: before * 1_000, at };
  }
  const accounts = [one, ...(many ?? []), shopId].filter((account) => account !== null && account !== undefined);
  return { kind: 'consent', accounts: [...new Set(accounts)], endsAt: null, at };
}

/** A conversation to be read because of a message; the same message is the same thing to read, whoever tells of it. */
export function conversationHint(
  conversationId: string,
  messageId: string | null,
): {
  readonly kind: string;
  readonly resource: string;
} {
  return { kind: 'conversation', resource: messageId === null ? conversationId : `${conversationId}/${messageId}` };
}
