import type { ReplyTemplate } from './reply-template.js';
import type { DataScalar, Intent, NotifyTarget, Urgency } from '../definition/plan.js';
import type { Means } from '../notice/means.js';

/** Everything that can happen to an inquiry. Ids, codes and instants only; texts stay with their messages. */
export type InquiryEvent =
  | OpenedEvent
  | { readonly kind: 'message.received'; readonly messageId: string }
  | {
      readonly kind: 'reply.external';
      readonly messageId: string;
      readonly author: 'human' | 'automated' | 'unknown';
      readonly at: number;
    }
  | ReceiptEvent
  | {
      readonly kind: 'platform.event';
      readonly name: string;
      readonly at: number;
      readonly by: 'channel' | 'command';
      readonly data?: Readonly<Record<string, DataScalar>>;
    }
  | CallAnsweredEvent
  | NoticeUndeliveredEvent
  | CommandEvent
  | CalendarChangedEvent
  | DefinitionChangedEvent
  | { readonly kind: 'time' };

/** A calendar got another version, and whoever made it wants open deadlines to follow it. */
export type CalendarChangedEvent = {
  readonly kind: 'calendar.changed';
  readonly key: string;
  readonly version: number;
  /** Those that were asked for; others stay on the version they count on. */
  readonly obligations: readonly { readonly name: string; readonly instance: number }[];
  readonly actor: Actor;
};

/** Whoever may wants the inquiry to go on by another version of its definition. */
export type DefinitionChangedEvent = {
  readonly kind: 'definition.changed';
  readonly migrationId: string;
  readonly version: number;
  /** Steps that are called otherwise there: id in any older version → id in this one. */
  readonly steps: Readonly<Record<string, string>>;
  readonly actor: Actor;
};

/** What became of a call to an outside system. `call` is its key in the state. */
export type CallAnsweredEvent = {
  readonly kind: 'call.answered';
  readonly call: string;
  readonly outcome: 'ok' | 'refused' | 'unknown';
  /** A word of ours; null when all is well. */
  readonly code: string | null;
  /** Times it was asked. */
  readonly attempts: number;
  readonly at: number;
  readonly data: Readonly<Record<string, DataScalar>>;
};

/** A notice that reached none of those it was for, by none of its means. */
export type NoticeUndeliveredEvent = {
  readonly kind: 'notice.undelivered';
  /** Whom the plan names, and who of those it falls through to was tried. */
  readonly to: NotifyTarget;
  readonly reached: string;
  readonly members: readonly string[];
  readonly by: readonly Means[];
  readonly urgent: boolean;
  /** What the notice is about, as a code, and where it comes from. */
  readonly about: string;
  readonly origin: NoticeOrigin;
  /** Why the last of its deliveries failed; a word of ours. */
  readonly code: string;
};

/** What in a plan a notice comes from. */
export type NoticeOrigin = Readonly<Record<'rule' | 'step' | 'obligation' | 'level', string | number | null>>;

export type OpenedEvent = {
  readonly kind: 'inquiry.opened';
  /** null when something other than a buyer message opened it. */
  readonly messageId: string | null;
  readonly backfill: boolean;
  readonly linked: LinkedOpening | null;
};

/** What an inquiry takes over from the one it continues. */
export type LinkedOpening = {
  readonly inquiryId: string;
  readonly cause: 'reopened' | 'delivery_failed';
  readonly humanAnswered: boolean;
  /** Start of the earlier `first_response`, when no person ever answered. */
  readonly firstResponseStartedAt: number | null;
  /** Time `resolution` already used: elapsed ms on its clock. */
  readonly resolutionElapsedMs: number;
  /** Key of the send that failed after the close, with its author. */
  readonly failedSend: { readonly messageId: string; readonly memberId: string | null; readonly reason: string } | null;
  readonly queue: string | null;
  readonly lastAgentId: string | null;
};

export type ReceiptStatus =
  'accepted' | 'available' | 'rejected' | 'bounced' | 'failed' | 'uncertain' | 'cancelled' | 'answered_elsewhere';

/** What became of one send. `send` is its key in the state. */
export type ReceiptEvent = {
  readonly kind: 'delivery.receipt';
  readonly send: string;
  readonly status: ReceiptStatus;
  readonly at: number;
  readonly reason: string | null;
};

export type Actor = { readonly memberId: string; readonly role: string };

/** An act of a person. Text, reasons and notes stay in the sealed command row. */
export type CommandEvent = { readonly kind: 'command'; readonly commandId: string; readonly actor: Actor } & {
  readonly command: Command;
};

export type Command =
  | {
      readonly kind: 'reply';
      /** Task the caller works on; null = whichever reply task is open. */
      readonly taskKey: string | null;
      readonly token: number | null;
      readonly language: string | null;
      readonly inReplyTo: string | null;
      readonly seenPosition: number | null;
      readonly close: boolean;
      /** Ids of forbidden phrases that the author was warned of and wrote all the same. */
      readonly acceptedWarnings?: readonly string[];
      readonly template: ReplyTemplate | null;
    }
  | {
      readonly kind: 'not_needed';
      readonly taskKey: string | null;
      readonly token: number | null;
      readonly reasonCode: string;
    }
  | {
      readonly kind: 'triage';
      readonly taskKey: string;
      readonly token: number;
      readonly intent: Intent;
      readonly urgency: Urgency;
      readonly queue: string;
    }
  | {
      readonly kind: 'form';
      readonly taskKey: string;
      readonly token: number;
      readonly outcome: string;
      /** What was filled in, by field; instants are epoch ms. */
      readonly data: Readonly<Record<string, DataScalar>>;
    }
  | {
      readonly kind: 'confirm_delivery';
      readonly taskKey: string;
      readonly token: number;
      readonly delivered: boolean;
    }
  | {
      readonly kind: 'hand_over';
      readonly taskKey: string;
      readonly token: number;
      readonly to: { readonly queue: string } | { readonly memberId: string };
    }
  | {
      readonly kind: 'assign';
      readonly taskKey: string | null;
      readonly queue: string | null;
      readonly memberId: string | null;
    }
  | {
      readonly kind: 'approve';
      readonly taskKey: string;
      readonly token: number;
      /** The hash the approver was shown with the text. */
      readonly textHash: string;
      /** Whether the command carries a corrected text. */
      readonly edited: boolean;
      readonly acceptedWarnings?: readonly string[];
    }
  | { readonly kind: 'return'; readonly taskKey: string; readonly token: number; readonly reasonCode: string }
  | { readonly kind: 'note' }
  | { readonly kind: 'close'; readonly reasonCode: string }
  | { readonly kind: 'snooze'; readonly until: number }
  | {
      readonly kind: 'correct';
      readonly expectedVersion: number | null;
      readonly tags?: readonly string[];
      readonly urgency?: Urgency;
      readonly intent?: Intent;
      readonly language?: string;
      readonly data?: Readonly<Record<string, string | number | boolean>>;
    }
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly at: number;
      readonly data?: Readonly<Record<string, DataScalar>>;
    }
  | { readonly kind: 'cancel_message'; readonly send: string };
