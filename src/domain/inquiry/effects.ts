import type { ReplyTemplate } from './reply-template.js';
import type { DataType, NotifyTarget } from '../definition/plan.js';
import type { Means } from '../notice/means.js';
import type { JsonValue } from '../expression/expression.js';
import type { Refusal } from './refusals.js';
import type { TaskState } from './state.js';

/** What a decision asks the drain to do beside storing the new state; each is executed once, in the same transaction. */
export type Effect =
  | SendEffect
  | OpenTaskEffect
  | {
      readonly do: 'end_task';
      readonly task: string;
      readonly as: 'completed' | 'superseded' | 'cancelled' | 'expired';
      readonly outcome: string;
      readonly memberId: string | null;
    }
  | RequeueTaskEffect
  /** An open task belongs to a step that is called otherwise now; holder, draft and lease stay. */
  | { readonly do: 'rename_step'; readonly task: string; readonly step: string }
  | { readonly do: 'snooze_tasks'; readonly until: number | null }
  | NotifyEffect
  | { readonly do: 'add_note'; readonly commandId: string; readonly memberId: string }
  | { readonly do: 'mark_once'; readonly id: string; readonly until: number }
  | { readonly do: 'rotate'; readonly queue: string; readonly memberId: string }
  | { readonly do: 'answered'; readonly memberId: string | null }
  | { readonly do: 'cancel_send'; readonly send: string }
  | AwaitApprovalEffect
  | { readonly do: 'release_send'; readonly send: string }
  | { readonly do: 'withdraw_send'; readonly send: string }
  | CallEffect
  | { readonly do: 'cancel_call'; readonly call: string }
  | { readonly do: 'answer_command'; readonly commandId: string; readonly outcome: CommandOutcome };

/** What a plan gives a template; an instant (epoch ms) is put into words when the text is written. */
export type TemplateValue = string | number | boolean | null | { readonly instant: number };

export type SendEffect = {
  readonly do: 'send';
  readonly send: string;
  readonly author: 'automated' | 'human';
  readonly memberId: string | null;
  readonly source:
    | {
        readonly kind: 'template';
        readonly key: string;
        readonly locale: string;
        readonly form: 'letter' | 'chat';
        readonly version: number;
        readonly values: Readonly<Record<string, TemplateValue>>;
      }
    | {
        readonly kind: 'command';
        readonly commandId: string;
        readonly template: ReplyTemplate | null;
        /** Command whose attachments go with the text; left out where it is the same. */
        readonly attachmentsOf?: string;
      };
  readonly language: string | null;
  readonly inReplyTo: string | null;
  /** It is kept until `release_send` or `withdraw_send`. */
  readonly awaitsApproval?: true;
};

export type CallEffect = {
  readonly do: 'call';
  readonly call: string;
  readonly step: string;
  readonly connection: string;
  readonly operation: string;
  readonly check: string | null;
  readonly attempts: number;
  readonly returns: Readonly<Record<string, DataType>>;
  /** Key of the call whose `Idempotency-Key` it carries: its own, or that of an earlier one nobody knows the end of. */
  readonly keyOf: string;
  readonly body: Readonly<Record<string, JsonValue>>;
};

export type OpenTaskEffect = {
  readonly do: 'open_task';
  readonly task: string;
  readonly kind: TaskState['kind'];
  readonly step: string | null;
  readonly queue: string;
  readonly leaseMs: number;
  readonly offer: { readonly memberId: string; readonly until: number } | null;
  /** Template that starts the draft. */
  readonly draft: string | null;
  /** Send whose text the task is about. */
  readonly send: string | null;
  /** Message a failed delivery of an earlier inquiry is about. */
  readonly messageId: string | null;
  readonly reason: string | null;
  /** Ended task whose draft and note pass on. */
  readonly inherit: string | null;
  /** Who may not and who may approve. */
  readonly approval?: {
    readonly authorId: string;
    /** Role that may, beside supervisors; null = whoever is in the queue. */
    readonly role: 'supervisor' | 'agent' | null;
  };
};

/** A task waits for approval: nobody holds it, and its draft is what was handed in. */
export type AwaitApprovalEffect = {
  readonly do: 'await_approval';
  readonly task: string;
  readonly commandId: string;
  readonly memberId: string;
};

export type RequeueTaskEffect = {
  readonly do: 'requeue_task';
  readonly task: string;
  readonly queue: string;
  readonly offer: { readonly memberId: string; readonly until: number } | null;
  readonly cause: 'escalation' | 'supervisor' | 'hand_over' | 'returned';
  /** Command that carries a hand-over note or the reason of a return. */
  readonly commandId: string | null;
};

export type NotifyEffect = {
  readonly do: 'notify';
  readonly to: NotifyTarget | 'system';
  readonly members: readonly string[];
  readonly urgent: boolean;
  readonly kind: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
  /** Where others than Atende itself carry it: by which means, and who of those it falls through to is told. */
  readonly by?: readonly Means[];
  readonly reached?: string;
};

/** What a command came to; the API answers from it. */
export type CommandOutcome =
  | { readonly state: 'applied'; readonly result: Readonly<Record<string, string | number | boolean | null>> }
  | { readonly state: 'refused'; readonly refusal: Refusal };

/** One line of the inquiry's history, without text. */
export type Entry = {
  /** `<word>.<event>` */
  readonly kind: string;
  readonly actor: EntryActor;
  readonly step: string | null;
  readonly because: Because;
  readonly data: Readonly<Record<string, unknown>>;
};

export type EntryActor =
  | { readonly kind: 'system' }
  | { readonly kind: 'buyer' }
  | { readonly kind: 'channel' }
  | { readonly kind: 'member'; readonly id: string };

/** Why something happened, precise enough to argue with. */
export type Because = {
  readonly definition: { readonly key: string; readonly version: number; readonly checksum: string };
  readonly step?: string;
  readonly rule?: string;
  readonly level?: { readonly obligation: string; readonly instance: number; readonly level: number };
  readonly expression?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly passedOver?: readonly unknown[];
  readonly calendar?: { readonly key: string; readonly version: number };
  readonly roster?: { readonly key: string; readonly version: number };
  readonly template?: { readonly key: string; readonly locale: string; readonly version: number };
  readonly classifier?: { readonly by: string; readonly version: string };
};
