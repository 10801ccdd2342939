import type { Means } from '../notice/means.js';

/**
 * The compiled form of a published definition: what the engine walks. Plain JSON, immutable once published.
 * The document an operator writes is described by the schema in `src/modules/definition`; everything optional there has
 * its default filled in here.
 */

/** A CEL expression with the place it was written at; `id` is unique within one plan and stable over runs. */
export type Expression = {
  /** Path in the document, for example `steps.hours.choose.0.when`. */
  readonly id: string;
  readonly source: string;
};

/** How long an obligation may take: elapsed milliseconds on its clock, business days, or the channel's own rule. */
export type Within = { readonly ms: number } | { readonly businessDays: number } | { readonly platform: true };

/** One conditional target; `when: null` is the unconditional last entry. */
export type Target = { readonly when: Expression | null; readonly within: Within };

export type ClockKind = 'wall' | 'house';

/** The obligations the language names; any other name is a custom one. */
export const NAMED_OBLIGATIONS = [
  'acknowledge',
  'first_response',
  'next_response',
  'platform_response',
  'resolution',
] as const;
export type ObligationName = (typeof NAMED_OBLIGATIONS)[number];

/** Why an inquiry waits; also the reasons an obligation may pause for. */
export const WAIT_REASONS = ['waiting_buyer', 'waiting_platform', 'waiting_other'] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** A moment at which obligations start or end: something in the course of an inquiry, a step, a declared event. */
export type StepMoment = `step:${string}`;
export type EventMoment = `event:${string}`;

/**
 * What meets an obligation: any message that became available, one a person wrote, the close, a step that was left, an
 * event that was reported.
 */
export type MetBy = 'message' | 'human_reply' | 'close' | StepMoment | EventMoment;

/** When an obligation the definition named itself starts. */
export type StartOn = 'opening' | StepMoment | EventMoment;

export type ObligationPlan = {
  readonly name: string;
  /** null for the names of the language, which say it themselves. */
  readonly startOn: StartOn | null;
  readonly metBy: MetBy;
  /** First target whose condition is true. */
  readonly targets: readonly Target[];
  readonly clock: ClockKind;
  /** Calendar key of this obligation alone; null = the shop's, else the definition's. */
  readonly calendar: string | null;
  readonly when: Expression | null;
  /** Key of the chain in `escalations`, or null. */
  readonly escalate: string | null;
  readonly pauseWhile: readonly WaitReason[];
};

export type Anchor = 'start' | 'deadline' | 'window';

export type LevelPlan = {
  readonly anchor: Anchor;
  /** Signed milliseconds on the obligation's clock. */
  readonly offsetMs: number;
  readonly do: readonly ActionPlan[];
};

export type Urgency = 'low' | 'normal' | 'high' | 'critical';
export const URGENCIES: readonly Urgency[] = ['low', 'normal', 'high', 'critical'];

export type Intent =
  'presale' | 'price' | 'order_status' | 'delivery' | 'return' | 'refund' | 'complaint' | 'invoice' | 'other';
export const INTENTS: readonly Intent[] = [
  'presale',
  'price',
  'order_status',
  'delivery',
  'return',
  'refund',
  'complaint',
  'invoice',
  'other',
];

export type SetPlan = {
  readonly urgency?: Urgency;
  readonly intent?: Intent;
  readonly language?: string;
  readonly tags?: readonly string[];
  readonly untag?: readonly string[];
  /** Declared data fields: constant, or a value computed from an expression. */
  readonly data?: Readonly<Record<string, Expression | string | number | boolean>>;
};

/** Who a notice is for: a word of the language, `role:<role>`, `member:<key>` or `queue:<key>`. */
export type NotifyTarget =
  'holder' | 'queue' | 'on_duty' | 'supervisor' | `role:${string}` | `member:${string}` | `queue:${string}`;

export type NotifyPlan = {
  readonly to: NotifyTarget;
  readonly urgent: boolean;
  /** Left out: inside Atende alone. */
  readonly by?: readonly Means[];
};

export type SendPlan = {
  readonly template: string;
  readonly with: Readonly<Record<string, Expression>>;
  readonly once: 'inquiry' | 'closed_period' | 'never_limited';
};

export type ActionPlan = { readonly when: Expression | null } & (
  | ({ readonly kind: 'notify' } & NotifyPlan)
  | ({ readonly kind: 'set' } & SetPlan)
  | ({
      readonly kind: 'send';
      /** Stable place in the document; the `once` mark of this send. */ readonly id: string;
    } & SendPlan)
  | { readonly kind: 'reassign'; readonly queue: string }
  | { readonly kind: 'goto'; readonly step: string; readonly interrupt: boolean }
);

export type RulePlan = {
  readonly id: string;
  readonly when: Expression;
  readonly do: readonly ActionPlan[];
  readonly stop: boolean;
};

export type AssignStrategy = 'round_robin' | 'least_loaded' | 'longest_idle' | 'manual';

/** Continuation: `on[outcome]`, else `goto`, else the next step in the list. */
type StepBase = {
  readonly id: string;
  readonly on: Readonly<Record<string, string>>;
  readonly goto: string | null;
};

export type DataType = 'string' | 'number' | 'bool' | 'timestamp';

/** Declared data: plain fields, or a record of fields: what a form filled in, under its step, or what an event brought. */
export type DataTypes = Readonly<Record<string, DataType | Readonly<Record<string, DataType>>>>;

export type DataScalar = string | number | boolean;

/** The values of declared data: fields, and a record of fields for each form and event, under its step or name. */
export type InquiryData = Readonly<Record<string, DataScalar | Readonly<Record<string, DataScalar>>>>;

export type FormField = {
  readonly name: string;
  readonly type: DataType | 'choice';
  /** What may be chosen; empty for every other type. */
  readonly choices: readonly string[];
  /** Left out of histories, and shown only to those who work on inquiries. */
  readonly personal: boolean;
  readonly optional: boolean;
};

export type FormPlan = { readonly fields: readonly FormField[]; readonly outcomes: readonly string[] };

/** Who may approve: members of a role who work in the inquiry's queue, or those of a queue. Supervisors may always. */
export type Approvers = { readonly role: 'supervisor' | 'agent' } | { readonly queue: string };

/** When a second person has to agree before an answer goes out or a form counts. */
export type ApprovePlan = {
  /** Whether it is needed; null = always. */
  readonly when: Expression | null;
  readonly by: Approvers;
  /** Working milliseconds of the approvers until `onExpiry`; null = no end. */
  readonly withinMs: number | null;
  readonly onExpiry: 'escalate' | 'return' | 'send';
  /** Whether the approver may correct the text. */
  readonly edit: boolean;
};

export type ChoosePlan = { readonly when: Expression; readonly goto: string };

export type CallPlan = {
  /** Key of the tenant's connection, and the name of one of its operations. */
  readonly connection: string;
  readonly operation: string;
  readonly body: Readonly<Record<string, Expression>>;
  /** Fields of the answer, read as `data.<step>`. */
  readonly returns: Readonly<Record<string, DataType>>;
  /** Times it may be asked, as long as it is certain that it was not done. */
  readonly attempts: number;
  /** Operation that tells whether it was done, or null. */
  readonly check: string | null;
};

export type WaitEnd = { readonly ms: number } | { readonly at: Expression };

export type StepPlan = StepBase &
  (
    | { readonly kind: 'classify' }
    | { readonly kind: 'choose'; readonly choices: readonly ChoosePlan[] }
    | ({ readonly kind: 'set' } & { readonly set: SetPlan })
    | ({ readonly kind: 'send' } & { readonly send: SendPlan })
    | {
        readonly kind: 'assign';
        readonly queues: readonly string[];
        readonly strategy: AssignStrategy;
        readonly preferLastAgent: boolean;
        /** Working milliseconds an offer stays exclusive. */
        readonly acceptWithinMs: number;
      }
    | {
        readonly kind: 'task';
        readonly task: 'reply' | 'triage' | 'form';
        /** Working milliseconds of a claim without renewal. */
        readonly leaseMs: number;
        /** Template key whose rendering starts the draft, or null. */
        readonly draft: string | null;
        /** Wall milliseconds from its opening to the outcome `expired`, or null. */
        readonly expiresMs: number | null;
        /** What a form asks for; null for every other kind. */
        readonly form: FormPlan | null;
        readonly approve: ApprovePlan | null;
      }
    | {
        readonly kind: 'wait';
        /** Whether a buyer message ends it. */
        readonly messages: boolean;
        /** Names of declared events that end it. */
        readonly events: readonly string[];
        readonly until: WaitEnd | null;
        readonly clock: ClockKind;
        readonly as: WaitReason;
      }
    | { readonly kind: 'notify'; readonly notify: NotifyPlan }
    | ({ readonly kind: 'call' } & CallPlan)
    | {
        readonly kind: 'close';
        readonly reason: string;
        readonly reopenWithinMs: number;
        /** Key of the tenant's retention class. */
        readonly retention: string;
      }
  );

export type LocalizedText = string | Readonly<Record<string, string>>;

export type Plan = {
  readonly key: string;
  readonly version: number;
  /** SHA-256 of the document's canonical JSON, hex. */
  readonly checksum: string;
  readonly title: LocalizedText;
  readonly calendar: string | null;
  readonly channels: readonly string[] | null;
  readonly obligations: readonly ObligationPlan[];
  readonly escalations: Readonly<Record<string, readonly LevelPlan[]>>;
  readonly rules: readonly RulePlan[];
  readonly steps: readonly StepPlan[];
  readonly data: DataTypes;
  /** Declared events with the fields they bring, which are read as `data.<event>`. */
  readonly events: Readonly<Record<string, Readonly<Record<string, DataType>>>>;
};

/** A step by id. Publishing guarantees that every reference resolves; a miss is a defect. */
export function stepOf(plan: Plan, id: string): StepPlan {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`Step "${id}" is not in ${plan.key}@${plan.version}`);
  return step;
}

/** Where the token goes after `step` ended with `outcome`: `on`, else `goto`, else the next step; null at the list's end. */
export function nextStep(plan: Plan, step: StepPlan, outcome: string | null): string | null {
  const named = outcome === null ? undefined : step.on[outcome];
  if (named !== undefined) return named;
  if (step.goto !== null) return step.goto;
  const index = plan.steps.findIndex((candidate) => candidate.id === step.id);
  return plan.steps[index + 1]?.id ?? null;
}
