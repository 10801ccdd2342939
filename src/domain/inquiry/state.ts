import type { ReplyTemplate } from './reply-template.js';
import type { DataScalar, InquiryData, Intent, MetBy, Urgency, WaitReason, Within } from '../definition/plan.js';

/**
 * What an inquiry is at one moment, as far as decisions need it. Plain JSON without text or names: messages, tasks and
 * people appear by id. It is stored with the inquiry and must be reproduced exactly by taking its decisions again.
 */

export type ObligationStatus = 'running' | 'paused' | 'met' | 'breached_open' | 'breached_met' | 'cancelled';

export type LevelState = {
  /** Position in the chain, from 1. */
  readonly level: number;
  readonly plannedAt: number;
  readonly state: 'pending' | 'fired' | 'cancelled';
  readonly firedAt: number | null;
  /** Working ms between the pause and `plannedAt`, while the obligation is paused. */
  readonly remaining: number | null;
};

/** A span in which the obligation did not count although its calendar was open. `to: null` = still going on. */
export type PauseSpan = { readonly from: number; readonly to: number | null; readonly reason: string };

export type ObligationState = {
  readonly name: string;
  /** Counts from 1 per name. */
  readonly instance: number;
  readonly status: ObligationStatus;
  readonly clock: 'wall' | 'house';
  readonly calendar: { readonly key: string; readonly version: number } | null;
  readonly startedAt: number;
  readonly within: Within;
  /** Time on its clock that the inquiry this one continues had used already, in ms. */
  readonly used: number;
  /** What meets it. */
  readonly needs: MetBy;
  /** null while paused. */
  readonly deadline: number | null;
  /** Working ms left, while paused. */
  readonly remaining: number | null;
  readonly breachedAt: number | null;
  readonly metAt: number | null;
  /** Key of the send, or another cause that met it. */
  readonly metBy: string | null;
  readonly cause: string;
  readonly chain: string | null;
  readonly levels: readonly LevelState[];
  readonly pauses: readonly PauseSpan[];
};

export type TaskState = {
  /** Stable key within the inquiry, `task:<n>`. */
  readonly key: string;
  readonly kind: 'reply' | 'triage' | 'form' | 'rewrite' | 'confirm_delivery' | 'approve';
  readonly step: string | null;
  readonly queue: string;
  readonly openedAt: number;
  /** Epoch ms at which it ends as expired, or null. */
  readonly expiresAt: number | null;
  /** The send a rewrite or confirmation is about. */
  readonly send: string | null;
};

/** A message on its way to the buyer; it leaves the list when its fate is settled for good. */
export type SendState = {
  /** Stable key within the inquiry. */
  readonly key: string;
  readonly author: 'automated' | 'human';
  readonly memberId: string | null;
  readonly status: 'in_flight' | 'available' | 'uncertain';
  readonly queuedAt: number;
  /** Since when the buyer can see it (epoch ms); null while that is not known. */
  readonly availableAt: number | null;
  /** Until then the levels this message would make pointless are held back. */
  readonly suspendUntil: number;
  /** Position of the newest buyer message it answers. */
  readonly answersThrough: number;
  readonly queue: string | null;
};

const ELSEWHERE = 'external:';

/** Stable key of a message that somebody wrote outside Atende. */
export function elsewhere(messageId: string): string {
  return `${ELSEWHERE}${messageId}`;
}

/** Whether a message is one of ours, and not one that somebody wrote outside Atende. */
export function isOurs({ key }: SendState): boolean {
  return !key.startsWith(ELSEWHERE);
}

/** A call to an outside system whose end is not known yet. */
export type OpenCall = {
  /** Stable key within the inquiry, `call:<n>`. */
  readonly key: string;
  readonly step: string;
  /** Key of the call whose `Idempotency-Key` it carries. */
  readonly keyOf: string;
  /** False when the token has left the step: the answer is taken down and moves nothing. */
  readonly awaited: boolean;
};

/** A buyer message and the send that answered it, null while no available answer of a person covers it. */
export type BuyerMessage = { readonly position: number; readonly sentAt: number; readonly answeredBy: string | null };

export type Closing = {
  readonly reason: string;
  readonly retention: string;
  readonly reopenWithinMs: number;
  readonly by: 'step' | 'command';
  /** Where the token returns when the buyer writes before the inquiry is closed. */
  readonly resume: string | null;
};

export type InquiryState = {
  readonly openedAt: number;
  readonly step: string | null;
  readonly intent: Intent | null;
  readonly urgency: Urgency;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly confidence: number | null;
  readonly tags: readonly string[];
  readonly data: InquiryData;
  readonly classified: boolean;
  readonly messageCount: number;
  readonly newestMessageId: string | null;
  /** Position of the newest buyer message, -1 before the first. */
  readonly newestPosition: number;
  /** The newest buyer messages, oldest first; see `remember`. */
  readonly inbound: readonly BuyerMessage[];
  readonly humanAnswered: boolean;
  readonly lastAgentId: string | null;
  readonly queue: string | null;
  /** Offer chosen by an assign step, taken by the next task. */
  readonly offer: { readonly memberId: string; readonly until: number } | null;
  readonly preferLastAgent: boolean;
  readonly acceptWithinMs: number;
  readonly obligations: readonly ObligationState[];
  readonly tasks: readonly TaskState[];
  readonly sends: readonly SendState[];
  readonly calls: readonly OpenCall[];
  /** Steps whose last call nobody knows the end of, with the key of the call it was asked under. */
  readonly inDoubt: Readonly<Record<string, string>>;
  /** Task that a rule interrupted; the next one takes over its draft. */
  readonly interrupted: string | null;
  readonly wait: { readonly until: number | null; readonly as: WaitReason; readonly since: number } | null;
  /** Declared events that came while nothing waited for them: name → instant (epoch ms) of the newest. */
  readonly early: Readonly<Record<string, number>>;
  readonly snoozedUntil: number | null;
  readonly closing: Closing | null;
  readonly closedAt: number | null;
  /** Sends already made once for this inquiry, by step or action id. */
  readonly sentOnce: readonly string[];
  /** Last human task step, where a withdrawn close returns to. */
  readonly lastTaskStep: string | null;
  /** Last reply step, whose rule of approval holds for what is written between two. */
  readonly lastReplyStep: string | null;
  readonly approval: Approval | null;
  /** What the form that awaits approval was filled in with. */
  readonly pendingForm: Readonly<Record<string, DataScalar>> | null;
  readonly linked: { readonly inquiryId: string; readonly cause: 'reopened' | 'delivery_failed' } | null;
  /** Messages so old at arrival that nothing automatic may follow from them. */
  readonly backfill: boolean;
  /** Counters that make keys of tasks, sends and calls. */
  readonly counters: { readonly task: number; readonly send: number; readonly call: number };
};

/** The state before the first event. */
export function emptyState(openedAt: number): InquiryState {
  return {
    openedAt,
    step: null,
    intent: null,
    urgency: 'normal',
    sensitive: false,
    language: null,
    confidence: null,
    tags: [],
    data: {},
    classified: false,
    messageCount: 0,
    newestMessageId: null,
    newestPosition: -1,
    inbound: [],
    humanAnswered: false,
    lastAgentId: null,
    queue: null,
    offer: null,
    preferLastAgent: false,
    acceptWithinMs: 600_000,
    obligations: [],
    tasks: [],
    sends: [],
    calls: [],
    inDoubt: {},
    interrupted: null,
    wait: null,
    early: {},
    snoozedUntil: null,
    closing: null,
    closedAt: null,
    sentOnce: [],
    lastTaskStep: null,
    lastReplyStep: null,
    approval: null,
    pendingForm: null,
    linked: null,
    backfill: false,
    counters: { task: 0, send: 0, call: 0 },
  };
}

/** An answer or a filled form that a second person has to agree to; nothing of it has happened yet. */
export type Approval = {
  /** Key of the task that asks for it. */
  readonly task: string;
  /** The task it was handed in with, which waits meanwhile; null for a follow-up. */
  readonly of: string | null;
  /** The step whose rule asks for it. */
  readonly step: string;
  readonly authorId: string;
  /** Holds what was written or filled in, sealed. */
  readonly commandId: string;
  /** Keyed hash of exactly that. */
  readonly contentHash: string;
  readonly requestedAt: number;
  readonly what:
    | {
        readonly kind: 'reply';
        readonly send: string;
        readonly language: string | null;
        readonly inReplyTo: string | null;
        readonly template: ReplyTemplate | null;
        readonly answersThrough: number;
        readonly close: boolean;
        readonly queue: string | null;
      }
    /** What was filled in is `pendingForm`. */
    | { readonly kind: 'form'; readonly outcome: string };
};

export type InquiryStatus = 'open' | WaitReason | 'snoozed' | 'closed';

/** The status people see: closed and snoozed first, else why it waits, else open. */
export function statusOf(state: InquiryState): InquiryStatus {
  if (state.closedAt !== null) return 'closed';
  if (state.snoozedUntil !== null) return 'snoozed';
  return state.wait?.as ?? 'open';
}

/** Obligations that may still be met or breached. */
export function isOpenObligation(obligation: ObligationState): boolean {
  return obligation.status === 'running' || obligation.status === 'paused' || obligation.status === 'breached_open';
}

/** True while time-outs and closing must wait: a message awaits approval, is not yet available or has to be rewritten. */
export function isDeliveryOpen(state: InquiryState): boolean {
  return (
    state.approval?.what.kind === 'reply' ||
    state.sends.some((send) => send.status !== 'available' && send.author === 'human') ||
    state.tasks.some((task) => task.kind === 'rewrite' || task.kind === 'confirm_delivery')
  );
}

/** How many answered buyer messages and available sends are kept, so that a late rejection can still be undone. */
const REMEMBERED = 20;

/** The list without its oldest settled members beyond what is remembered; members that are still open always stay. */
export function remember<T>(list: readonly T[], isSettled: (member: T) => boolean): readonly T[] {
  const surplus = list.filter(isSettled).length - REMEMBERED;
  if (surplus <= 0) return list;
  let dropped = 0;
  return list.filter((member) => !isSettled(member) || (dropped += 1) > surplus);
}

/** Buyer messages no answer of a person covers yet, oldest first. */
export function unansweredOf(state: InquiryState): readonly BuyerMessage[] {
  return state.inbound.filter((message) => message.answeredBy === null);
}
