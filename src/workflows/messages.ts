import { defineSignal, defineUpdate } from '@temporalio/workflow';

/** The contract between the durable driver and everything outside it: ids, codes and instants only. */

/** What a ring is about; the drain runs under the name that goes with it, so that histories can be read. */
export type RingKind = 'opened' | 'buyerMessage' | 'command' | 'receipt' | 'callResult' | 'wake' | 'poke';

export type InquiryInput = {
  readonly tenantId: string;
  readonly inquiryId: string;
  /** Where the clock was armed in the run before, so that a continued run does not forget it. */
  readonly continued?: boolean;
};

/** What a workflow is told after a drain. */
export type Summary = {
  /** Number of the last history entry; a newer summary has a higher one. */
  readonly version: number;
  readonly step: string | null;
  /** Epoch ms of the next thing time brings, or null. */
  readonly nextWake: number | null;
  readonly openTask: { readonly id: string; readonly kind: string } | null;
  readonly done: boolean;
};

/** One applied event in the engine's own record, enough to read the story there. */
export type AppliedEvent = {
  readonly kind: string;
  readonly seq: readonly [first: number, last: number];
  readonly step: string | null;
  /** Kinds of the entries it brought. */
  readonly brought: readonly string[];
};

export type CommandState = 'applied' | 'refused' | 'pending';

export type DrainInput = {
  readonly tenantId: string;
  readonly inquiryId: string;
  /** Workflow time, epoch ms. */
  readonly now: number;
  /** Commands whose answer is waited for. */
  readonly commands: readonly string[];
};

export type DrainResult = {
  readonly summary: Summary;
  readonly applied: readonly AppliedEvent[];
  readonly commands: Readonly<Record<string, CommandState>>;
};

/** Tells an inquiry that its inbox has rows. A doorbell: order and content are in the database. */
export const ring = defineSignal<[RingKind]>('ring');

/** Carries an agent's command; the answer is in the command's row, this tells that it is there. */
export const command = defineUpdate<CommandState, [{ readonly commandId: string }]>('command');

/** Name of the one workflow type. */
export const INQUIRY_WORKFLOW = 'inquiry';

/** What the driver calls outside its sandbox, with the task it belongs to: marks of `platform/kill-point`. */
export type Marks = { readonly marks: { reach(name: string): void } };
