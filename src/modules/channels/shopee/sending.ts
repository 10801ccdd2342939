import type { ShownCard } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { answeredAlready, answerLike, SKEW_MS } from '../answered-elsewhere.js';
import type { SeenMessage } from '../answered-elsewhere.js';
import { notAsked, notFound, notUploaded } from '../answers.js';
import type { Access, OutgoingFile, OutgoingMessage, Sought } from '../connector.js';
import { timed } from '../exchange.js';
import { multipart } from '../request-body.js';
import { reasonOf } from '../wording.js';
import type { ShopeeApp } from './app.js';
import { cardOf, isAutomated, isHidden, textOf } from './events.js';
import type { Said, ShopeeHttp } from './http.js';
import { numberOf } from './json.js';
import type { ShopeeReading } from './reading.js';
import { sentShape, uploadedShape } from './shapes.js';
import type { ShopeeMessage } from './shapes.js';

/** The platform's instants are whole seconds. */
const SECOND_MS = 1_000;

/**
 * Writes to buyers. The platform knows no idempotency key: what nobody knows the fate of is looked for by its text. A message is words, a
 * picture or a card: two of those would be two messages, and one of them alone could arrive.
 */
export class ShopeeSending {
  constructor(
    private readonly app: ShopeeApp,
    private readonly http: ShopeeHttp,
    private readonly reading: ShopeeReading,
  ) {}

  async send(given: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const { buyerId, text, card, files = [] } = message;
    const [picture] = files;
    if (!/^\d{1,20}$/.test(buyerId)) return { kind: 'refused', reason: 'address_unknown' };
    if (text.length > this.app.maxLength) return { kind: 'refused', reason: 'text_too_long' };
    if (picture !== undefined && (text !== '' || files.length > 1))
      return { kind: 'refused', reason: 'picture_with_more' };
    if (card !== undefined && (text !== '' || picture !== undefined))
      return { kind: 'refused', reason: 'card_with_more' };
    if (card?.kind === 'product' && !/^\d{1,20}$/.test(card.id)) return { kind: 'refused', reason: 'product_unknown' };
    const access = timed(given);
    const content = await this.#contentOf(access, message);
    if ('kind' in content) return content;
    const answered = await this.#answeredAlready(access, message);
    if (answered !== null) return answered;
    const said = await this.http.ask(access, {
      ...{ group: 'chat_write', urgent: true, path: '/api/v2/sellerchat/send_message' },
      body: { to_id: numberOf(buyerId), message_type: content.type, content: content.is },
    });
    return sent(said);
  }

  async #contentOf(
    access: Access,
    { text, card, files: [picture] = [] }: OutgoingMessage,
  ): Promise<Content | SendOutcome> {
    if (card !== undefined) return shown(card);
    return picture === undefined ? { type: 'text', is: { text } } : this.#uploaded(access, picture);
  }

  /** A picture has an address of the platform's before it can be sent; nothing comes of one that no message names. */
  async #uploaded(access: Access, picture: OutgoingFile): Promise<Content | SendOutcome> {
    const said = await this.http.ask(access, {
      ...{ group: 'chat_write', urgent: true, path: '/api/v2/sellerchat/upload_image' },
      upload: await multipart('file', picture),
    });
    const url = said.kind === 'done' ? uploadedShape.safeParse(said.response).data?.url : undefined;
    return url === undefined ? notUploaded(sent(said)) : { type: 'image', is: { image_url: url } };
  }

  async find(given: Access, { since, message }: Sought): Promise<ReadOutcome> {
    if (message === null) return { kind: 'failed', reason: 'address_unknown' };
    const access = timed(given);
    const from = since - SKEW_MS;
    const answer = await this.reading.messages(access, message.conversationId, { since: from, urgent: true });
    if (answer.kind !== 'read') return notFound(answer);
    if (message.text === '') {
      const isKnown = new Set(message.known);
      const unknown = answer.value.filter(({ message_id: id }) => !isKnown.has(id));
      return message.card === undefined
        ? pictureSince(unknown, access, from - SECOND_MS)
        : cardSince(unknown, access, from - SECOND_MS, message.card);
    }
    const found = answerLike(seen(answer.value, access), message, from - SECOND_MS);
    return found === undefined ? { kind: 'absent' } : { kind: 'found', ...found.fate };
  }

  async #answeredAlready(access: Access, message: OutgoingMessage): Promise<SendOutcome | null> {
    if (message.known === undefined) return null;
    const answer = await this.reading.messages(access, message.conversationId, { since: Date.now(), urgent: true });
    if (answer.kind === 'absent') return null;
    return answer.kind === 'read' ? answeredAlready(seen(answer.value, access), message) : notAsked(answer);
  }
}

/** What a message is made of, as the platform takes it. */
type Content = { readonly type: string; readonly is: Readonly<Record<string, unknown>> };

/**
 * No picture of the shop since `from` (epoch ms) among messages nobody knows: ours is not there. One is: whether it is ours nobody can
 * tell by looking at its address, so that it is never sent again by itself.
 */
function pictureSince(messages: readonly ShopeeMessage[], { account }: Access, from: number): ReadOutcome {
  const isThere = messages.some(
    ({ message_type: type, from_shop_id: shop, created_timestamp: at }) =>
      type === 'image' && shop === account && at * SECOND_MS >= from,
  );
  return isThere ? { kind: 'failed', reason: 'picture_unproven' } : { kind: 'absent' };
}

/** A card as the platform takes it. */
function shown({ kind, id }: ShownCard): Content {
  return kind === 'product' ? { type: 'item', is: { item_id: numberOf(id) } } : { type: 'order', is: { order_sn: id } };
}

/** The first message of the shop since `from` (epoch ms) that shows the same thing, among those nobody knows. */
function cardSince(
  messages: readonly ShopeeMessage[],
  { account }: Access,
  from: number,
  { kind, id }: ShownCard,
): ReadOutcome {
  const same = messages.filter((message) => {
    const { from_shop_id: shop, created_timestamp: at } = message;
    const card = cardOf(message);
    return shop === account && at * SECOND_MS >= from && card?.kind === kind && card.id === id;
  });
  const first = same.sort((left, right) => left.created_timestamp - right.created_timestamp)[0];
  return first === undefined ? { kind: 'absent' } : { kind: 'found', ...fateOf(first) };
}

/** What became of a request to hand something over. */
function sent(said: Said): SendOutcome {
  switch (said.kind) {
    case 'lost':
      return { kind: 'unknown', reason: said.code };
    case 'unsent':
      return { kind: 'not_taken', retryAfterMs: said.retryAfterMs, reason: said.code };
    case 'garbled':
      return { kind: 'unknown', reason: `http_${said.status}` };
    case 'done': {
      const written = sentShape.safeParse(said.response).data;
      // Without an id nothing shows that it is there: it is looked for.
      if (written === undefined) return { kind: 'unknown', reason: 'answer_unreadable' };
      return { kind: 'taken', status: 'available', externalId: written.message_id };
    }
    case 'failed':
      return failed(said);
  }
}

function failed({ meaning, code, retryAfterMs }: Extract<Said, { kind: 'failed' }>): SendOutcome {
  switch (meaning) {
    case 'token':
      return { kind: 'not_taken', retryAfterMs: null, reason: 'token_invalid' };
    case 'busy':
    case 'daily':
    case 'setup':
      return { kind: 'not_taken', retryAfterMs, reason: reasonOf(code) };
    case 'system':
      return { kind: 'unknown', reason: reasonOf(code) };
    case 'absent':
    case 'refused':
      return { kind: 'refused', reason: reasonOf(code) };
  }
}

function seen(messages: readonly ShopeeMessage[], { account }: Access): SeenMessage[] {
  return messages.map((message) => ({
    id: message.message_id,
    isFromShop: message.from_shop_id === account,
    at: message.created_timestamp * SECOND_MS,
    // What is no words is like no words.
    text: textOf(message) || null,
    counts: !isHidden(message) && !isAutomated(message),
    fate: fateOf(message),
  }));
}

function fateOf(message: ShopeeMessage): { status: 'available' | 'rejected'; externalId: string; reason?: string } {
  const externalId = message.message_id;
  if (!isHidden(message)) return { status: 'available', externalId };
  return { status: 'rejected', externalId, reason: reasonOf(message.status ?? '') };
}
