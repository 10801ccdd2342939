import type { DeliveryState } from './delivery-state.js';

/**
 * The life of one message on its way to a channel, as pure transitions. The rule behind all of them: a message is handed to
 * the channel again only when it is certain that the channel does not have it.
 */

export type Outgoing = {
  readonly state: DeliveryState;
  /** Times the message was handed to the channel. */
  readonly attempts: number;
  /** Reads that found nothing, or failed, since the last attempt. */
  readonly reads: number;
  readonly queuedAt: number;
  /** When the running or last attempt began. */
  readonly startedAt: number | null;
  /** When something must be done next. */
  readonly dueAt: number;
  readonly verdictUntil: number | null;
};

export type ChannelTimes = {
  readonly requestTimeoutMs: number;
  /** How long the channel may need until what it took can be read. */
  readonly settleMs: number;
  readonly verdictTimeoutMs: number;
  /** Whether the channel can be asked what became of a message. */
  readonly readable: boolean;
};

/** What handing a message over came to. */
export type SendOutcome =
  | {
      readonly kind: 'taken';
      readonly status: 'available' | 'accepted' | 'rejected';
      readonly externalId: string | null;
      readonly reason?: string | null;
    }
  /** Certainly not taken, and trying again may help: busy, or nothing was sent at all. */
  | { readonly kind: 'not_taken'; readonly retryAfterMs: number | null; readonly reason: string }
  /** Certainly not taken, and never will be. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody knows: time-out, cut connection, a server error after the request had gone out. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What asking the channel came to. */
export type ReadOutcome =
  | {
      readonly kind: 'found';
      readonly status: 'available' | 'accepted' | 'rejected' | 'bounced';
      readonly externalId: string | null;
      readonly reason?: string | null;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The fate to tell the inquiry, where there is one. */
export type Fate = 'accepted' | 'available' | 'rejected' | 'bounced' | 'failed' | 'uncertain';

export type Transition = {
  readonly next: Outgoing;
  readonly fate: Fate | null;
  readonly externalId: string | null;
  readonly reason: string | null;
};

/** Absences that must be seen before one is believed; a slow channel shows a message late. */
const ABSENCES = 2;
/** Failed reads after which a person is asked. */
const MAX_FAILED_READS = 8;
/** A message that could not be handed over for this long has failed. */
const GIVE_UP_MS = 24 * 3_600_000;
const MIN_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * Pause before the next attempt, in ms: doubling, with jitter, never shorter than the channel asks for.
 *
 * @param chance a number in [0, 1) drawn by the caller
 */
export function backoffMs(attempt: number, retryAfterMs: number | null, chance: number): number {
  const full = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(attempt, 10));
  return Math.max(retryAfterMs ?? 0, full / 2 + chance * (full / 2));
}

/** An attempt begins: recorded before the first byte leaves, so that a crash during it is known. */
export function beginSend(outgoing: Outgoing, now: number, times: ChannelTimes): Outgoing {
  const { requestTimeoutMs } = times;
  return {
    ...outgoing,
    state: 'sending',
    attempts: outgoing.attempts + 1,
    reads: 0,
    startedAt: now,
    dueAt: now + 2 * requestTimeoutMs,
  };
}

/** An attempt whose end nobody saw: it is looked for, never simply repeated. */
export function abandonSend(outgoing: Outgoing, now: number, times: ChannelTimes): Outgoing {
  const settled = (outgoing.startedAt ?? now) + times.requestTimeoutMs + times.settleMs;
  return { ...outgoing, state: 'verifying', reads: 0, dueAt: Math.max(now, settled) };
}

/** What follows from the end of an attempt. */
export function afterSend(
  outgoing: Outgoing,
  outcome: SendOutcome,
  now: number,
  times: ChannelTimes,
  chance: number,
): Transition {
  switch (outcome.kind) {
    case 'taken':
      return settle(outgoing, outcome.status, now, times, outcome.externalId, outcome.reason ?? null);
    case 'refused':
      return { next: { ...outgoing, state: 'failed' }, fate: 'failed', externalId: null, reason: outcome.reason };
    case 'not_taken':
      return again(outgoing, now, backoffMs(outgoing.attempts, outcome.retryAfterMs, chance), outcome.reason);
    case 'unknown':
      return times.readable
        ? { next: abandonSend(outgoing, now, times), fate: null, externalId: null, reason: outcome.reason }
        : uncertain(outgoing, outcome.reason);
  }
}

/** What follows from asking the channel. */
export function afterRead(
  outgoing: Outgoing,
  outcome: ReadOutcome,
  now: number,
  times: ChannelTimes,
  chance: number,
): Transition {
  if (outcome.kind === 'found')
    return settle(outgoing, outcome.status, now, times, outcome.externalId, outcome.reason ?? null);
  const reads = outgoing.reads + 1;
  if (outcome.kind === 'failed') {
    if (reads >= MAX_FAILED_READS) return uncertain(outgoing, outcome.reason);
    const dueAt = now + backoffMs(reads, null, chance);
    return { next: { ...outgoing, reads, dueAt }, fate: null, externalId: null, reason: outcome.reason };
  }
  if (reads < ABSENCES) {
    const dueAt = now + times.settleMs;
    return { next: { ...outgoing, reads, dueAt }, fate: null, externalId: null, reason: null };
  }
  return again(outgoing, now, backoffMs(outgoing.attempts, null, chance), 'absent');
}

/** The channel took the message and never said what became of it: a person has to look. */
export function verdictTimedOut(outgoing: Outgoing): Transition {
  return uncertain(outgoing, 'verdict_timeout');
}

function settle(
  outgoing: Outgoing,
  status: Exclude<Fate, 'failed' | 'uncertain'>,
  now: number,
  times: ChannelTimes,
  externalId: string | null,
  reason: string | null,
): Transition {
  const verdictUntil = status === 'accepted' ? now + times.verdictTimeoutMs : null;
  const next: Outgoing = { ...outgoing, state: status, verdictUntil, dueAt: verdictUntil ?? outgoing.dueAt };
  return { next, fate: status, externalId, reason };
}

function again(outgoing: Outgoing, now: number, pauseMs: number, reason: string): Transition {
  if (now - outgoing.queuedAt > GIVE_UP_MS) {
    return { next: { ...outgoing, state: 'failed' }, fate: 'failed', externalId: null, reason: `gave_up_${reason}` };
  }
  return {
    next: { ...outgoing, state: 'queued', reads: 0, dueAt: now + pauseMs },
    fate: null,
    externalId: null,
    reason,
  };
}

function uncertain(outgoing: Outgoing, reason: string): Transition {
  return { next: { ...outgoing, state: 'uncertain' }, fate: 'uncertain', externalId: null, reason };
}
