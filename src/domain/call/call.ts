import { backoffMs, leaseOf } from '../outbox/turn.js';
import type { Turn } from '../outbox/turn.js';
import type { AskOutcome, CheckOutcome, Returned } from './answer.js';

/**
 * The life of one call to an outside system, as pure transitions. The rule behind all of them: it is asked again only when it
 * is certain that it has not been done. What nobody knows is looked for, never repeated.
 */

export const CALL_STATES = ['queued', 'asking', 'checking', 'ok', 'refused', 'unknown', 'cancelled'] as const;
export type CallState = (typeof CALL_STATES)[number];

export type Call = Turn & {
  readonly state: CallState;
  /** Times it may be asked. */
  readonly attemptsMost: number;
  /** Questions whether it was done that were not answered. */
  readonly checks: number;
  /** Answers that it was not. */
  readonly absences: number;
  /** Why nobody knows whether it was done, while it is being looked for. */
  readonly doubt: string | null;
  readonly queuedAt: number;
  /** When something must be done next. */
  readonly dueAt: number;
};

export type CallTimes = {
  readonly requestTimeoutMs: number;
  /** How long the other side may need until what it took can be asked for. */
  readonly settleMs: number;
  /** Whether the other side can be asked if it was done. */
  readonly checkable: boolean;
  /** The call only reads, so that asking again is never asking twice. */
  readonly reading: boolean;
};

/** How a call ended. `code` is a word of ours, null when all is well. */
export type CallEnd = {
  readonly outcome: 'ok' | 'refused' | 'unknown';
  readonly code: string | null;
  readonly data: Returned;
};

export type CallTransition = { readonly next: Call; readonly end: CallEnd | null; readonly reason: string | null };

/** What is to be done for a call now. `next` must be committed before the request begins. */
export type CallStep =
  | { readonly do: 'wait'; readonly until: number | null }
  | { readonly do: 'ask' | 'check'; readonly next: Call }
  | { readonly do: 'settle'; readonly transition: CallTransition };

/** Absences that must be seen before one is believed; a slow system shows late what it took. */
const ABSENCES = 2;
/** Unanswered questions after which it stays unknown. */
const MAX_FAILED_CHECKS = 8;
/** A call that could not be made for this long is not made any more. */
const GIVE_UP_MS = 24 * 3_600_000;

/** True for a call that may still have to be made or looked for. */
export function isOpenCall({ state }: Pick<Call, 'state'>): boolean {
  return state === 'queued' || state === 'asking' || state === 'checking';
}

/** Until when nothing is to be done: null = for ever, 0 = it is due. */
export function callRestsUntil(call: Call, now: number): number | null {
  if (!isOpenCall(call)) return null;
  const until = Math.max(call.dueAt, call.leaseUntil ?? 0);
  return until > now ? until : 0;
}

/** What to do for a call at `now` (epoch ms), given that its connection is there. */
export function nextCallStep(call: Call, now: number, times: CallTimes): CallStep {
  const until = callRestsUntil(call, now);
  if (until !== 0) return { do: 'wait', until };
  if (call.state === 'queued') return { do: 'ask', next: beginAsking(call, now, times) };
  if (call.state === 'asking') return { do: 'settle', transition: inDoubt(call, now, times, 'lease_expired', 0) };
  if (!times.checkable) return { do: 'settle', transition: unknown(call, call.doubt ?? 'not_checkable') };
  return { do: 'check', next: { ...call, leaseUntil: leaseOf(now, times.requestTimeoutMs) } };
}

/** An attempt begins: recorded before the first byte leaves, so that a crash during it is known. */
function beginAsking(call: Call, now: number, times: CallTimes): Call {
  const leaseUntil = leaseOf(now, times.requestTimeoutMs);
  return { ...call, state: 'asking', attempts: call.attempts + 1, startedAt: now, dueAt: leaseUntil, leaseUntil };
}

/** What follows when a call cannot be made at all, for a reason that will not go away: only what never left is refused. */
export function impossible(call: Call, code: string): CallTransition {
  return call.state === 'queued' ? refused(call, code, { code }) : unknown(call, call.doubt ?? code);
}

/** What follows from the end of an attempt. */
export function afterAsking(
  call: Call,
  outcome: AskOutcome,
  now: number,
  times: CallTimes,
  chance: number,
): CallTransition {
  switch (outcome.kind) {
    case 'ok':
      return ended(call, { outcome: 'ok', code: null, data: outcome.data });
    case 'refused':
      return refused(call, outcome.code, outcome.data);
    case 'not_taken':
      return again(call, now, backoffMs(call.attempts, outcome.retryAfterMs, chance), outcome.code);
    case 'unknown':
      return inDoubt(call, now, times, outcome.code, chance);
  }
}

/** What follows from asking whether it was done. Absence does not bring another attempt: the first may still be under way. */
export function afterChecking(
  call: Call,
  outcome: CheckOutcome,
  now: number,
  times: CallTimes,
  chance: number,
): CallTransition {
  if (outcome.kind === 'done') return ended(call, { outcome: 'ok', code: null, data: outcome.data });
  if (outcome.kind === 'failed') {
    const checks = call.checks + 1;
    if (checks >= MAX_FAILED_CHECKS) return unknown(call, call.doubt ?? outcome.code);
    return going({ ...call, checks, dueAt: now + backoffMs(checks, null, chance) }, outcome.code);
  }
  const absences = call.absences + 1;
  if (absences >= ABSENCES) return unknown(call, 'absent');
  return going({ ...call, absences, dueAt: now + times.settleMs }, null);
}

/** Nobody knows whether it was done: it is looked for, if that is possible. */
function inDoubt(call: Call, now: number, times: CallTimes, code: string, chance: number): CallTransition {
  if (times.reading) return again(call, now, backoffMs(call.attempts, null, chance), code);
  if (!times.checkable) return unknown(call, code);
  const settled = (call.startedAt ?? now) + times.requestTimeoutMs + times.settleMs;
  return going({ ...call, state: 'checking', doubt: code, dueAt: Math.max(now, settled) }, code);
}

/** Certainly not done: asked again after a pause, as often as it may be. */
function again(call: Call, now: number, pauseMs: number, code: string): CallTransition {
  const late = now + pauseMs > call.queuedAt + GIVE_UP_MS;
  if (late || call.attempts >= call.attemptsMost) return refused(call, code, { code });
  return going({ ...call, state: 'queued', dueAt: now + pauseMs }, code);
}

/** Nothing to tell anybody yet. */
function going(next: Call, reason: string | null): CallTransition {
  return { next: { ...next, leaseUntil: null }, end: null, reason };
}

function refused(call: Call, code: string, data: Returned): CallTransition {
  return ended(call, { outcome: 'refused', code, data });
}

function unknown(call: Call, code: string): CallTransition {
  return ended(call, { outcome: 'unknown', code, data: { code } });
}

function ended(call: Call, end: CallEnd): CallTransition {
  return { next: { ...call, state: end.outcome, leaseUntil: null }, end, reason: end.code };
}
