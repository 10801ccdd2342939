import type { DataTypes, FormField, Plan, StepPlan } from '../../definition/plan.js';
import { saysTheSame } from '../../definition/same-meaning.js';
import type { InquiryState } from '../state.js';
import type { Renaming } from './renaming.js';

/** Why an inquiry cannot go on by another version of its definition. Codes are part of the API. */
export const MIGRATION_BLOCKS = [
  'inquiry_closed',
  'already_there',
  'channel_unlisted',
  'step_missing',
  'step_differs',
  'form_differs',
  'call_differs',
  'approval_differs',
  'data_differs',
  'decision_failed',
] as const;
export type MigrationBlockCode = (typeof MIGRATION_BLOCKS)[number];

/** `place`: what of the inquiry has no place in the new version, `steps.<id>` or `data.<name>`; null where it is all of it. */
export type MigrationBlock = { readonly code: MigrationBlockCode; readonly place: string | null };

type Moving = {
  readonly state: InquiryState;
  readonly from: Plan;
  readonly to: Plan;
  readonly renaming: Renaming;
  /** Of the inquiry's shop. */
  readonly channel: string;
};

/**
 * What keeps an inquiry from going on by another plan, or null when nothing does: every step its state names needs one of the
 * same kind there, what people or outside systems are at must be the same thing, and data keep their types.
 */
export function blockOf(moving: Moving): MigrationBlock | null {
  const { state, from, to, channel } = moving;
  if (state.closedAt !== null) return block('inquiry_closed');
  if (to.version === from.version) return block('already_there');
  if (to.channels !== null && !to.channels.includes(channel)) return block('channel_unlisted');
  for (const step of stepsNamedBy(state)) {
    const code = stepCode(moving, step);
    if (code !== null) return block(code, `steps.${step}`);
  }
  return dataBlock(moving);
}

function block(code: MigrationBlockCode, place: string | null = null): MigrationBlock {
  return { code, place };
}

/** Every step that something in the state hangs on, each once. */
export function stepsNamedBy(state: InquiryState): readonly string[] {
  const { step, tasks, calls, inDoubt, lastTaskStep, lastReplyStep, closing, approval } = state;
  const named = [
    step,
    ...tasks.map((task) => task.step),
    ...calls.map((call) => call.step),
    ...Object.keys(inDoubt),
    lastTaskStep,
    lastReplyStep,
    closing?.resume ?? null,
    approval?.step ?? null,
  ];
  return [...new Set(named.filter((name) => name !== null))];
}

function stepCode({ state, from, to, renaming }: Moving, id: string): MigrationBlockCode | null {
  const old = from.steps.find((step) => step.id === id);
  const next = to.steps.find((step) => step.id === renaming.step(id));
  if (old === undefined || next === undefined) return 'step_missing';
  if (kindOf(old) !== kindOf(next)) return 'step_differs';
  if (old.kind === 'call' && next.kind === 'call' && isAsked(state, id)) {
    return saysTheSame(asked(old), asked(next)) ? null : 'call_differs';
  }
  if (old.kind !== 'task' || next.kind !== 'task') return null;
  // Whoever fills it in has seen the one and must not hand in the other.
  const isOpen = state.tasks.some((task) => task.step === id);
  if (isOpen && !saysTheSame(old.form, next.form)) return 'form_differs';
  const isPending = state.approval?.step === id;
  return isPending && !saysTheSame(agreed(old), agreed(next)) ? 'approval_differs' : null;
}

/** A task that asks a person for something else is something else. */
function kindOf(step: StepPlan): string {
  return step.kind === 'task' ? `task ${step.task}` : step.kind;
}

/** Whether an outside system was asked under this step, and the end is open or in doubt. */
function isAsked({ calls, inDoubt }: InquiryState, step: string): boolean {
  return calls.some((call) => call.step === step) || Object.hasOwn(inDoubt, step);
}

function asked({ connection, operation, returns }: Extract<StepPlan, { kind: 'call' }>): object {
  return { connection, operation, returns };
}

/** What the approver was told of; whether approval is needed has been decided. */
function agreed({ approve }: Extract<StepPlan, { kind: 'task' }>): object | null {
  return approve === null ? null : { by: approve.by, onExpiry: approve.onExpiry, edit: approve.edit };
}

function dataBlock({ state, from, to, renaming }: Moving): MigrationBlock | null {
  const taken = new Set<string>();
  for (const [name, value] of Object.entries(state.data)) {
    const next = renaming.data(name);
    const fits =
      !taken.has(next) &&
      (typeof value === 'object'
        ? Object.keys(value).every((field) => isSameField({ from, to }, [name, next], field))
        : saysTheSame(typeOf(from.data, name), typeOf(to.data, next)));
    if (!fits) return block('data_differs', `data.${name}`);
    taken.add(next);
  }
  const doubts = Object.keys(state.inDoubt).map((step) => renaming.step(step));
  const twice = doubts.find((step, index) => doubts.indexOf(step) !== index);
  return twice === undefined ? null : block('call_differs', `steps.${twice}`);
}

type Names = readonly [string, string];

/** A field keeps its type, and what is personal stays so: it would be shown to everybody otherwise. */
function isSameField({ from, to }: Pick<Moving, 'from' | 'to'>, [old, next]: Names, field: string): boolean {
  const isPersonal = (plan: Plan, step: string): boolean => fieldOf(plan, step, field)?.personal ?? false;
  return (
    saysTheSame(typeOf(from.data, old, field), typeOf(to.data, next, field)) &&
    (!isPersonal(from, old) || isPersonal(to, next))
  );
}

function typeOf(types: DataTypes, name: string, field?: string): unknown {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (field === undefined) return typeof type === 'string' ? type : null;
  return typeof type === 'object' && Object.hasOwn(type, field) ? type[field] : null;
}

function fieldOf(plan: Plan, stepId: string, name: string): FormField | undefined {
  const step = plan.steps.find(({ id }) => id === stepId);
  return step?.kind === 'task' ? step.form?.fields.find((field) => field.name === name) : undefined;
}
