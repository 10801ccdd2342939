import { backoffMs, leaseOf } from '../outbox/turn.js';
import { isOpenDelivery } from './delivery-state.js';
import type { DeliveryState } from './delivery-state.js';

/**
 * The life of one message on its way to a channel, as pure transitions. The rule behind all of them: a message is handed to
 * the channel again only when it is certain that the channel does not have it.
 */

export type Outgoing = {
  readonly state: DeliveryState;
  /** Times the message was handed to the channel. */
  readonly attempts: number;
  /** Reads that failed since the last attempt. */
  readonly reads: number;
  /** Reads since the last attempt to which the channel said that it has no such message. */
  readonly absences: number;
  readonly queuedAt: number;
  /** When the running or last attempt began. */
  readonly startedAt: number | null;
  /** When something must be done next. */
  readonly dueAt: number;
  /** Until when a call to the channel is somebody's; it also tells one turn from the next. */
  readonly leaseUntil: number | null;
  readonly verdictUntil: number | null;
};

export type ChannelTimes = {
  readonly requestTimeoutMs: number;
  /** How long the channel may need until what it took can be read. */
  readonly settleMs: number;
  readonly verdictTimeoutMs: number;
  /** Whether the channel can be asked what became of a message. */
  readonly readable: boolean;
  /** Whether the channel tells by itself what became of a message, by our intent; that is waited for before a person is asked. */
  readonly tells?: boolean;
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
  /** A code of ours. */
  readonly reason: string | null;
  /** The channel's own words, which may quote anybody. */
  readonly words: string | null;
};

/** What is to be done for a message now. `next` must be committed before the call begins. */
export type Step =
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'send' | 'read'; readonly next: Outgoing }
  | { readonly do: 'settle'; readonly transition: Transition };

/** Absences that must be seen before one is believed; a slow channel shows a message late. */
const ABSENCES = 2;
/** Failed reads after which a person is asked. */
const MAX_FAILED_READS = 8;
/** Why a message cannot be handed over or looked for until somebody opens its shop's account again. */
export const CLOSED: ReadonlySet<string> = new Set([
  'authorisation_missing',
  'authorisation_lost',
  'credentials_missing',
  'credentials_lost',
  'token_invalid',
]);
/** A message that could not be handed over for this long has failed. */
const GIVE_UP_MS = 24 * 3_600_000;
/** Until when nothing is to be done for a message, or null when something is. */
export function restsUntil(outgoing: Outgoing, now: number): number | null {
  const until = isOpenDelivery(outgoing.state) ? Math.max(outgoing.dueAt, outgoing.leaseUntil ?? 0) : Infinity;
  return until > now ? until : null;
}

/** What to do for a message at `now` (epoch ms), given that its channel can be reached. */
export function nextStep(outgoing: Outgoing, now: number, times: ChannelTimes): Step {
  const until = restsUntil(outgoing, now);
  if (until !== null) return { do: 'wait', until };
  switch (outgoing.state) {
    case 'held':
    case 'queued':
      return { do: 'send', next: beginSend(outgoing, now, times) };
    case 'sending':
      return { do: 'settle', transition: abandonSend(outgoing, now, times, 'lease_expired') };
    case 'verifying':
      if (!times.readable) return { do: 'settle', transition: uncertain(outgoing, unheard(times)) };
      return { do: 'read', next: { ...outgoing, leaseUntil: leaseOf(now, times.requestTimeoutMs) } };
    case 'accepted':
      // Silence is not the last word where the channel can be asked.
      if (!times.readable) return { do: 'settle', transition: uncertain(outgoing, 'verdict_timeout') };
      return { do: 'read', next: { ...outgoing, leaseUntil: leaseOf(now, times.requestTimeoutMs) } };
    default:
      return { do: 'wait', until: Infinity };
  }
}

/** What follows when there is no way to the channel any more: only what certainly never left has failed. */
export function unreachable(outgoing: Outgoing, reason: string): Transition {
  return outgoing.state === 'held' || outgoing.state === 'queued'
    ? failed(outgoing, reason)
    : uncertain(outgoing, reason);
}

/** What follows when a text may not go to its channel: nothing has left, and a person's goes back to its author. */
export function withheld(outgoing: Outgoing, reason: string): Transition {
  return failed(outgoing, reason);
}

/** What follows for a message of a test: it goes nowhere, and the inquiry goes on as if the buyer had it. */
export function keptBack(outgoing: Outgoing): Transition {
  return { ...going({ ...outgoing, state: 'available' }, 'test_inquiry'), fate: 'available' };
}

/** Whether a message stands in the way of the next one of its conversation; what the channel has taken does not. */
export function holdsUpNext(state: DeliveryState): boolean {
  return state !== 'accepted';
}

/** An attempt begins: recorded before the first byte leaves, so that a crash during it is known. */
function beginSend(outgoing: Outgoing, now: number, times: ChannelTimes): Outgoing {
  const leaseUntil = leaseOf(now, times.requestTimeoutMs);
  const attempts = outgoing.attempts + 1;
  return {
    ...outgoing,
    state: 'sending',
    attempts,
    reads: 0,
    absences: 0,
    startedAt: now,
    dueAt: leaseUntil,
    leaseUntil,
  };
}

/** An attempt whose end nobody knows: it is looked for, or what the channel tells of it is waited for; never simply repeated. */
function abandonSend(outgoing: Outgoing, now: number, times: ChannelTimes, reason: string): Transition {
  if (!times.readable && times.tells !== true) return uncertain(outgoing, reason);
  const settled = (outgoing.startedAt ?? now) + times.requestTimeoutMs + times.settleMs;
  return going({ ...outgoing, state: 'verifying', dueAt: Math.max(now, settled) }, reason);
}

/** Why nothing is known of a message: nobody can ask, or the channel has said nothing about it. */
const unheard = ({ tells }: ChannelTimes): string => (tells === true ? 'not_told' : 'not_readable');

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
      return settle(outgoing, { ...outcome, words: outcome.reason ?? null }, now, times);
    case 'refused':
      return failed(outgoing, outcome.reason);
    case 'not_taken':
      return again(outgoing, now, backoffMs(outgoing.attempts, outcome.retryAfterMs, chance), outcome.reason);
    case 'unknown':
      return abandonSend(outgoing, now, times, outcome.reason);
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
  const taken = outgoing.state === 'accepted';
  if (outcome.kind === 'found') {
    const { status, externalId, reason } = outcome;
    if (taken && status === 'accepted') return { ...uncertain(outgoing, 'verdict_timeout'), externalId };
    return settle(outgoing, { status, externalId, words: reason ?? null }, now, times);
  }
  if (outcome.kind === 'failed') {
    // Whoever opens the account again lets it be looked for: until then nobody else could tell either.
    const waits = CLOSED.has(outcome.reason) && now - outgoing.queuedAt <= GIVE_UP_MS;
    const reads = waits ? Math.min(outgoing.reads + 1, MAX_FAILED_READS - 1) : outgoing.reads + 1;
    if (reads >= MAX_FAILED_READS) return uncertain(outgoing, outcome.reason);
    return going({ ...outgoing, reads, dueAt: now + backoffMs(reads, null, chance) }, outcome.reason);
  }
  const absences = outgoing.absences + 1;
  if (absences < ABSENCES) return going({ ...outgoing, absences, dueAt: now + times.settleMs }, null);
  // It said that it had the message and now that it has not: whatever that means, sending again could be a second message.
  if (taken) return uncertain(outgoing, 'absent_after_accepted');
  return again(outgoing, now, backoffMs(outgoing.attempts, null, chance), 'absent');
}

type Word = Pick<Transition, 'externalId' | 'words'> & { readonly status: Exclude<Fate, 'failed' | 'uncertain'> };

/** The channel has said what became of the message. */
function settle(outgoing: Outgoing, word: Word, now: number, times: ChannelTimes): Transition {
  const { status, externalId, words } = word;
  const verdictUntil = status === 'accepted' ? now + times.verdictTimeoutMs : null;
  const dueAt = verdictUntil ?? outgoing.dueAt;
  const next: Outgoing = { ...outgoing, state: status, reads: 0, absences: 0, verdictUntil, dueAt, leaseUntil: null };
  return { next, fate: status, externalId, reason: words === null ? null : 'channel_verdict', words };
}

/** Certainly not taken: tried again after a pause, the last time when the message has waited as long as any may. */
function again(outgoing: Outgoing, now: number, pauseMs: number, reason: string): Transition {
  if (now - outgoing.queuedAt > GIVE_UP_MS) return failed(outgoing, `gave_up_${reason}`);
  const dueAt = Math.min(now + pauseMs, outgoing.queuedAt + GIVE_UP_MS + 1);
  return going({ ...outgoing, state: 'queued', reads: 0, absences: 0, dueAt }, reason);
}

/** Nothing to tell anybody yet. */
function going(next: Outgoing, reason: string | null): Transition {
  return { next: { ...next, leaseUntil: null }, fate: null, externalId: null, reason, words: null };
}

function failed(outgoing: Outgoing, reason: string): Transition {
  return { ...going({ ...outgoing, state: 'failed' }, reason), fate: 'failed' };
}

function uncertain(outgoing: Outgoing, reason: string): Transition {
  return { ...going({ ...outgoing, state: 'uncertain' }, reason), fate: 'uncertain' };
}
