import type { z } from 'zod';
import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';
import type { Answer } from './connector.js';
import { payloadErrors } from './events.js';

type NotRead = Exclude<Answer<unknown>, { readonly kind: 'read' }>;

/** JSON, or undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer in which something is not as it should be; `pointer` says where. */
export function unreadable(
  body: string,
  detail: string,
  pointer = '',
): Extract<Answer<never>, { readonly kind: 'unreadable' }> {
  return { kind: 'unreadable', body, errors: [{ pointer, detail }] };
}

/** A value of an answer as what it should be; `body` is the answer as it came. */
export function shaped<T>(body: string, value: unknown, shape: z.ZodType<T>): Answer<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  return { kind: 'unreadable', body, errors: payloadErrors(parsed.error) };
}

/** Nothing has left, because the question before it was not answered. */
export function notAsked(answer: Exclude<NotRead, { readonly kind: 'absent' }>): SendOutcome {
  const retryAfterMs = answer.kind === 'later' ? answer.retryAfterMs : null;
  return { kind: 'not_taken', retryAfterMs, reason: codeOf(answer) };
}

/** The message has not left, because a file of it is not there yet; an upload that nobody knows of may be made again. */
export function notUploaded(outcome: SendOutcome): SendOutcome {
  if (outcome.kind === 'refused' || outcome.kind === 'not_taken') return outcome;
  return { kind: 'not_taken', retryAfterMs: null, reason: outcome.reason ?? 'answer_unreadable' };
}

/** What looking for a message came to that found nothing to look through. */
export function notFound(answer: NotRead): ReadOutcome {
  return answer.kind === 'absent' ? { kind: 'absent' } : { kind: 'failed', reason: codeOf(answer) };
}

function codeOf(answer: Exclude<NotRead, { readonly kind: 'absent' }>): string {
  return answer.kind === 'unreadable' ? 'answer_unreadable' : answer.code;
}
