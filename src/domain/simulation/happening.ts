import type { Classification } from '../classification/classification.js';
import type { DataScalar } from '../definition/plan.js';
import type { Actor, CallAnsweredEvent, Command, LinkedOpening, ReceiptStatus } from '../inquiry/events.js';
import type { BuyerFacts, ConversationFacts, MessageFacts, ShopFacts } from '../inquiry/facts.js';

/** A message of the buyer as a simulation hands it in. `text: null` where it has been erased. */
export type SimulatedMessage = Omit<MessageFacts, 'position'> & {
  readonly text: string | null;
  /** New end of the channel's free-text window (epoch ms), or null where it stays. */
  readonly windowUntil: number | null;
};

/** What becomes of a message sent, `afterMs` of wall time later. */
export type Fate = { readonly status: ReceiptStatus; readonly afterMs: number; readonly reason: string | null };

/** What an outside system answers to a call. */
export type CallAnswer = Pick<CallAnsweredEvent, 'outcome' | 'code' | 'data'>;

/**
 * Something from outside that happens at an instant (epoch ms). An act names neither task nor token: it is done to the task
 * open then, by `by`, or by whom the task is offered to.
 */
export type Happening = { readonly at: number } &
  /** Something other than a buyer message opens it. */
  (
    | { readonly kind: 'opening' }
    | { readonly kind: 'message'; readonly message: SimulatedMessage }
    | {
        readonly kind: 'receipt';
        readonly send: string | null;
        readonly status: ReceiptStatus;
        readonly reason: string | null;
      }
    | { readonly kind: 'external'; readonly author: 'human' | 'automated' | 'unknown' }
    | {
        readonly kind: 'platform_event';
        readonly name: string;
        /** When it had happened (epoch ms), by whoever reported it. */
        readonly happenedAt: number;
        readonly data: Readonly<Record<string, DataScalar>>;
      }
    | ({ readonly kind: 'call_answer'; readonly call: string } & CallAnswer)
    | {
        readonly kind: 'act';
        readonly by: Actor | null;
        readonly command: Command;
        /** Fates of the message this act sends; empty = available when the hold time is over. */
        readonly fates: readonly Fate[];
      }
  );

/** What is supposed to happen at a step, wherever the token comes to it. */
export type Assumption = {
  readonly outcome: string;
  /** Working time of the task's queue for a task, wall time for everything else. */
  readonly afterMs: number;
  /** What the person does at a task that ends so. */
  readonly command: Command | null;
  /** What the buyer writes at a wait that ends so, once per inquiry. */
  readonly message: { readonly text: string; readonly classification: Classification | null } | null;
  /** What the outside system answers to a call that ends so. */
  readonly answer: CallAnswer | null;
};
export type Assumptions = Readonly<Record<string, Assumption>>;

/** How an automated message may be supposed to end; everything else is `available`. */
export const SEND_OUTCOMES = ['sent', 'rejected', 'bounced', 'failed', 'uncertain'] as const;

/** The fate of a message whose step is supposed to end so. */
export function fateOf({ outcome, afterMs }: Assumption): Fate {
  const named = SEND_OUTCOMES.find((known) => known === outcome) ?? 'sent';
  return { status: named === 'sent' ? 'available' : named, afterMs, reason: null };
}

/** One inquiry to simulate: who it is about, and what happens to it. */
export type SimulatedInquiry = {
  readonly id: string;
  readonly shop: ShopFacts;
  readonly buyer: BuyerFacts;
  readonly conversation: ConversationFacts;
  readonly backfill: boolean;
  readonly linked: LinkedOpening | null;
  /** Earliest first; the first one opens the inquiry. */
  readonly happenings: readonly Happening[];
  /** Fates of its automated messages in order; what lies beyond is available at once. */
  readonly automatedFates: readonly (readonly Fate[])[];
  /** Answers to its calls in order; what lies beyond is done at once and brings nothing. */
  readonly answers: readonly (CallAnswer & { readonly afterMs: number })[];
};
