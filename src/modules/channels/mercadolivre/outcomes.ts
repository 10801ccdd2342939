import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { SeenMessage } from '../answered-elsewhere.js';
import { jsonOf, notAsked } from '../answers.js';
import type { Access, Answer } from '../connector.js';
import type { Reply } from '../exchange.js';
import { reasonOf } from '../wording.js';
import { packMessage } from './addresses.js';
import { isUndecided, moderationOf, sentAtOf } from './events.js';
import { refusalShape } from './shapes.js';
import type { Pack, WrittenMessage } from './shapes.js';

export type Fate = Omit<Extract<SendOutcome, { readonly kind: 'taken' }>, 'kind'>;

/** What became of a request to hand something over; null of `fate` = it was taken, but nobody can say under which id. */
export function sent(reply: Reply, fate: (body: unknown) => Fate | null): SendOutcome {
  if (reply.kind === 'lost') return { kind: 'unknown', reason: reply.code };
  if (reply.kind === 'unsent') return { kind: 'not_taken', retryAfterMs: reply.retryAfterMs, reason: reply.code };
  const { status, text, retryAfterMs } = reply;
  if (status >= 200 && status < 300) {
    const told = fate(jsonOf(text));
    return told === null ? { kind: 'unknown', reason: 'id_unknown' } : { kind: 'taken', ...told };
  }
  if (status === 401) return { kind: 'not_taken', retryAfterMs, reason: 'token_invalid' };
  if (status === 429 || status === 409) return { kind: 'not_taken', retryAfterMs, reason: `http_${status}` };
  if (status >= 500 || status === 408) return { kind: 'unknown', reason: `http_${status}` };
  return { kind: 'refused', reason: reasonOf(refusalOf(reply) ?? `http_${status}`) };
}

/** Nothing has left, because the question before it was not answered; what is gone takes no answer any more. */
export function notNow(answer: Exclude<Answer<unknown>, { kind: 'read' }>, gone: string): SendOutcome {
  return answer.kind === 'absent' ? { kind: 'refused', reason: gone } : notAsked(answer);
}

/** The platform's own word for a refusal, or null. */
export function refusalOf({ text }: Extract<Reply, { kind: 'answered' }>): string | null {
  const said = refusalShape.safeParse(jsonOf(text)).data;
  // Some pages put the word into the message, or into the cause.
  const word = [said?.cause, said?.message, said?.error, said?.code].find(
    (one) => one && /^[A-Za-z0-9_.-]+$/.test(one),
  );
  return word ?? said?.error ?? said?.code ?? null;
}

/** What became of a message after a sale, as the platform shows it. */
export function fateOf(message: WrittenMessage): Fate {
  const externalId = packMessage(message.id);
  const why = moderationOf(message);
  if (why !== null) return { status: 'rejected', externalId, reason: reasonOf(why) };
  return { status: isUndecided(message) ? 'accepted' : 'available', externalId };
}

/** The messages of a conversation after a sale, to find one among them. */
export function seen({ messages }: Pack, { account }: Access): SeenMessage[] {
  return messages.map((message) => ({
    id: packMessage(message.id),
    isFromShop: message.from.user_id === account,
    at: Date.parse(sentAtOf(message)),
    text: message.text ?? null,
    counts: moderationOf(message) === null,
    fate: fateOf(message),
  }));
}
