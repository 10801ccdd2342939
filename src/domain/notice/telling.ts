import { backoffMs, leaseOf } from '../outbox/turn.js';
import type { Turn } from '../outbox/turn.js';
import type { OutsideMeans } from './means.js';

/**
 * The life of one notice on its way out of Atende, as pure transitions. A mail that may have been taken is never handed in again:
 * nobody could take the second one back. A webhook is, under the same id, because the other side knows it again by that.
 */

export const TELLING_STATES = ['queued', 'sending', 'delivered', 'refused', 'uncertain', 'withdrawn'] as const;
export type TellingState = (typeof TELLING_STATES)[number];

export type Telling = Turn & {
  readonly state: TellingState;
  readonly means: OutsideMeans;
  readonly urgent: boolean;
  /** From when on it may leave: the end of quiet hours, else when it was decided. */
  readonly queuedAt: number;
  /** When something must be done next. */
  readonly dueAt: number;
};

/** What became of one attempt. `code` is a word of ours. */
export type TellingOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'not_taken'; readonly code: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'unknown'; readonly code: string };

export type TellingTransition = { readonly next: Telling; readonly reason: string | null };

/** What is to be done now. `next` must be committed before the socket opens. */
export type TellingStep =
  | { readonly do: 'wait'; readonly until: number | null }
  | { readonly do: 'tell'; readonly next: Telling }
  | { readonly do: 'settle'; readonly transition: TellingTransition };

const MINUTE_MS = 60_000;

/** How long it is tried; then somebody else is told. */
const PATIENCE_MS = { urgent: 3 * MINUTE_MS, ordinary: 15 * MINUTE_MS };

/** True while it may still arrive. */
export function isUnderWay({ state }: Pick<Telling, 'state'>): boolean {
  return state === 'queued' || state === 'sending';
}

/** What to do at `now` (epoch ms). */
export function nextTelling(telling: Telling, now: number, requestTimeoutMs: number): TellingStep {
  if (!isUnderWay(telling)) return { do: 'wait', until: null };
  const until = Math.max(telling.dueAt, telling.leaseUntil ?? 0);
  if (until > now) return { do: 'wait', until };
  if (telling.state === 'sending') return { do: 'settle', transition: inDoubt(telling, now, 'lease_expired', 0) };
  const leaseUntil = leaseOf(now, requestTimeoutMs);
  const next: Telling = { ...telling, state: 'sending', attempts: telling.attempts + 1, startedAt: now, leaseUntil };
  return { do: 'tell', next };
}

/**
 * What follows from the end of an attempt.
 * @param chance a number in [0, 1) drawn by the caller
 */
export function afterTelling(
  telling: Telling,
  outcome: TellingOutcome,
  now: number,
  chance: number,
): TellingTransition {
  switch (outcome.kind) {
    case 'taken':
      return settled(telling, 'delivered', null);
    case 'refused':
      return settled(telling, 'refused', outcome.code);
    case 'not_taken':
      return again(telling, now, backoffMs(telling.attempts, outcome.retryAfterMs, chance), outcome.code);
    case 'unknown':
      return inDoubt(telling, now, outcome.code, chance);
  }
}

/** What cannot be sent at all, for a reason that does not go away. */
export function untellable(telling: Telling, code: string): TellingTransition {
  return telling.state === 'queued' ? settled(telling, 'refused', code) : settled(telling, 'uncertain', code);
}

/** What nobody needs any more. */
export function withdrawn(telling: Telling, code: string): TellingTransition {
  return settled(telling, 'withdrawn', code);
}

function inDoubt(telling: Telling, now: number, code: string, chance: number): TellingTransition {
  if (telling.means === 'email') return settled(telling, 'uncertain', code);
  return again(telling, now, backoffMs(telling.attempts, null, chance), code);
}

function again(telling: Telling, now: number, pauseMs: number, code: string): TellingTransition {
  const patience = PATIENCE_MS[telling.urgent ? 'urgent' : 'ordinary'];
  if (now + pauseMs > telling.queuedAt + patience) return settled(telling, 'refused', code);
  return { next: { ...telling, state: 'queued', dueAt: now + pauseMs, leaseUntil: null }, reason: code };
}

function settled(telling: Telling, state: TellingState, reason: string | null): TellingTransition {
  return { next: { ...telling, state, leaseUntil: null }, reason };
}
