import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Access, OutgoingMessage, Sought } from '../connector.js';
import { timed } from '../exchange.js';
import { isSameText, reasonOf } from '../wording.js';
import type { ShopeeApp } from './app.js';
import { isAutomated, isHidden, textOf } from './events.js';
import type { Said, ShopeeHttp } from './http.js';
import { numberOf } from './json.js';
import type { ShopeeReading } from './reading.js';
import { sentShape } from './shapes.js';
import type { ShopeeMessage } from './shapes.js';

/** How far the platform's clock may stand behind ours, in ms. */
const SKEW_MS = 60_000;

/** Writes to buyers. The platform knows no idempotency key: what nobody knows the fate of is looked for by its text. */
export class ShopeeSending {
  constructor(
    private readonly app: ShopeeApp,
    private readonly http: ShopeeHttp,
    private readonly reading: ShopeeReading,
  ) {}

  async send(given: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const { buyerId, text } = message;
    if (!/^\d{1,20}$/.test(buyerId)) return { kind: 'refused', reason: 'address_unknown' };
    if (text.length > this.app.maxLength) return { kind: 'refused', reason: 'text_too_long' };
    const access = timed(given);
    const answered = await this.#answeredAlready(access, message);
    if (answered !== null) return answered;
    const said = await this.http.ask(access, {
      ...{ group: 'chat_write', urgent: true, path: '/api/v2/sellerchat/send_message' },
      body: { to_id: numberOf(buyerId), message_type: 'text', content: { text } },
    });
    return sent(said);
  }

  async find(given: Access, { since, message }: Sought): Promise<ReadOutcome> {
    if (message === null) return { kind: 'failed', reason: 'address_unknown' };
    const access = timed(given);
    const from = since - SKEW_MS;
    const answer = await this.reading.messages(access, message.conversationId, { since: from, urgent: true });
    if (answer.kind === 'absent') return { kind: 'absent' };
    if (answer.kind === 'unreadable') return { kind: 'failed', reason: 'answer_unreadable' };
    if (answer.kind !== 'read') return { kind: 'failed', reason: answer.code };
    const found = unknownAnswers(answer.value, access, message).find((one) => isOurs(one, message.text, from));
    return found === undefined ? { kind: 'absent' } : { kind: 'found', ...fateOf(found) };
  }

  /**
   * What is there already when somebody has answered since the buyer's last message, unknown to us: an attempt of ours that came
   * late, or another person on the platform itself; a buyer should not see two who answer the same. Null when nobody has.
   */
  async #answeredAlready(access: Access, message: OutgoingMessage): Promise<SendOutcome | null> {
    if (message.known === undefined) return null;
    const answer = await this.reading.messages(access, message.conversationId, { since: Date.now(), urgent: true });
    if (answer.kind === 'absent') return null;
    if (answer.kind === 'unreadable') return { kind: 'not_taken', retryAfterMs: null, reason: 'answer_unreadable' };
    if (answer.kind !== 'read') {
      const retryAfterMs = answer.kind === 'later' ? answer.retryAfterMs : null;
      return { kind: 'not_taken', retryAfterMs, reason: answer.code };
    }
    const asked = answer.value.filter((one) => one.from_shop_id !== access.account);
    const last = asked.reduce((latest, one) => Math.max(latest, one.created_timestamp), 0);
    const unknown = unknownAnswers(answer.value, access, message).filter((one) => one.created_timestamp >= last);
    const same = unknown.find((one) => isSameText(textOf(one), message.text));
    if (same !== undefined && asked.length > 0) return { kind: 'taken', ...fateOf(same) };
    const isAnswered = asked.length > 0 && unknown.some((one) => !isHidden(one) && !isAutomated(one));
    return isAnswered ? { kind: 'refused', reason: 'answered_elsewhere' } : null;
  }
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

/** Answers of the shop that nobody has told us of. */
function unknownAnswers(
  messages: readonly ShopeeMessage[],
  { account }: Access,
  { known = [] }: OutgoingMessage,
): ShopeeMessage[] {
  const isKnown = new Set(known);
  return messages.filter((one) => one.from_shop_id === account && !isKnown.has(one.message_id));
}

function isOurs(message: ShopeeMessage, text: string, from: number): boolean {
  // The platform's instants are whole seconds.
  const isLater = message.created_timestamp * 1_000 >= from - 1_000;
  return isLater && isSameText(textOf(message), text);
}

function fateOf(message: ShopeeMessage): { status: 'available' | 'rejected'; externalId: string; reason?: string } {
  const externalId = message.message_id;
  if (!isHidden(message)) return { status: 'available', externalId };
  return { status: 'rejected', externalId, reason: reasonOf(message.status ?? '') };
}
