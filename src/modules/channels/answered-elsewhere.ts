import type { SendOutcome } from '../../domain/messaging/dispatch.js';
import type { OutgoingMessage } from './connector.js';
import { isSameText } from './wording.js';

/**
 * How far a platform's clock may stand behind ours, in ms: as far as platforms that look at the time of requests take them. What was
 * written by such a clock would otherwise be missing, and be written again.
 */
export const SKEW_MS = 5 * 60_000;

/** A message of a conversation as its channel has it. */
export type SeenMessage = {
  /** The channel's id of it. */
  readonly id: string;
  readonly isFromShop: boolean;
  /** Epoch ms. */
  readonly at: number;
  readonly text: string | null;
  /** Whether the buyer sees it, and a person wrote it as far as anybody knows. */
  readonly counts: boolean;
  /** What became of it. */
  readonly fate: Omit<Extract<SendOutcome, { readonly kind: 'taken' }>, 'kind'>;
};

/** The message that is sought, among the answers of the shop that nobody has told us of; `from` is epoch ms. */
export function answerLike(
  messages: readonly SeenMessage[],
  message: OutgoingMessage,
  from: number,
): SeenMessage | undefined {
  return unknownAnswers(messages, message).find(({ at, text }) => at >= from && isSameText(text, message.text));
}

/** The answers of the shop that nobody has told us of. */
export function unknownAnswers(
  messages: readonly SeenMessage[],
  { known = [] }: Pick<OutgoingMessage, 'known'>,
): SeenMessage[] {
  const isKnown = new Set(known);
  return messages.filter(({ id, isFromShop }) => isFromShop && !isKnown.has(id));
}

/**
 * What is there already when somebody has answered since the buyer's last message, unknown to us: an attempt of ours that came late, or
 * another person on the platform itself; a buyer should not see two who answer the same. Null when nobody has.
 */
export function answeredAlready(messages: readonly SeenMessage[], message: OutgoingMessage): SendOutcome | null {
  if (message.known === undefined) return null;
  const asked = messages.filter(({ isFromShop }) => !isFromShop).map(({ at }) => at);
  if (asked.length === 0) return null;
  const last = Math.max(...asked);
  const unknown = unknownAnswers(messages, message).filter(({ at }) => at >= last);
  const same = unknown.find(({ text }) => isSameText(text, message.text));
  if (same !== undefined) return { kind: 'taken', ...same.fate };
  return unknown.some(({ counts }) => counts) ? { kind: 'refused', reason: 'answered_elsewhere' } : null;
}
