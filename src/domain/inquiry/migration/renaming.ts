import type { ActionPlan, Plan } from '../../definition/plan.js';
import type { InquiryState, ObligationState } from '../state.js';

/** How what a state names is called in another plan. */
export type Renaming = {
  readonly step: (id: string) => string;
  /** Data are called after the form or call they came from, or have a name of their own. */
  readonly data: (name: string) => string;
};

/** The renaming for steps that are called otherwise there (old id → new id); all others keep their names. */
export function renamingOf(from: Plan, steps: Readonly<Record<string, string>>): Renaming {
  const step = (id: string): string => (Object.hasOwn(steps, id) ? (steps[id] ?? id) : id);
  const isStep = (name: string): boolean => from.steps.some(({ id }) => id === name);
  return { step, data: (name) => (isStep(name) ? step(name) : name) };
}

/**
 * The state with every step called as the new plan calls it. Nothing else changes: tasks, times and counters stay. Presumes
 * that nothing blocks it (`blockOf`).
 */
export function renamed(state: InquiryState, from: Plan, to: Plan, renaming: Renaming): InquiryState {
  const named = <T extends string | null>(id: T): T | string => (id === null ? id : renaming.step(id));
  const { closing, approval } = state;
  return {
    ...state,
    step: named(state.step),
    data: mapKeys(state.data, renaming.data),
    obligations: state.obligations.map((obligation) => withNeeds(obligation, renaming)),
    tasks: state.tasks.map((task) => ({ ...task, step: named(task.step) })),
    calls: state.calls.map((call) => ({ ...call, step: renaming.step(call.step) })),
    inDoubt: mapKeys(state.inDoubt, renaming.step),
    early: Object.fromEntries(Object.entries(state.early).filter(([name]) => Object.hasOwn(to.events, name))),
    closing: closing === null ? null : { ...closing, resume: named(closing.resume) },
    sentOnce: marksOf(state.sentOnce, from, to, renaming),
    lastTaskStep: named(state.lastTaskStep),
    lastReplyStep: named(state.lastReplyStep),
    approval: approval === null ? null : { ...approval, step: renaming.step(approval.step) },
  };
}

function mapKeys<T>(record: Readonly<Record<string, T>>, name: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), value]));
}

const STEP = 'step:';

/** What meets an obligation, as it is called in the new plan. */
export function renamedNeeds<T extends string>(needs: T, renaming: Renaming): T {
  return needs.startsWith(STEP) ? (`${STEP}${renaming.step(needs.slice(STEP.length))}` as T) : needs;
}

function withNeeds(obligation: ObligationState, renaming: Renaming): ObligationState {
  const needs = renamedNeeds(obligation.needs, renaming);
  return needs === obligation.needs ? obligation : { ...obligation, needs };
}

/**
 * Marks of what is sent once: those of steps go along with the step; an action is known by its place in the document, and
 * counts as made only where the same template is sent from that place still.
 */
function marksOf(marks: readonly string[], from: Plan, to: Plan, renaming: Renaming): readonly string[] {
  const [before, after] = [sendsOf(from), sendsOf(to)];
  return marks.flatMap((mark) => {
    if (from.steps.some(({ id }) => id === mark)) return [renaming.step(mark)];
    return before.get(mark) === after.get(mark) ? [mark] : [];
  });
}

/** The template of each send among the actions of rules and chains, by the action's place. */
function sendsOf(plan: Plan): ReadonlyMap<string, string> {
  const levels = Object.values(plan.escalations).flat();
  const actions = [...plan.rules, ...levels].flatMap((one): readonly ActionPlan[] => one.do);
  return new Map(actions.flatMap((action) => (action.kind === 'send' ? [[action.id, action.template] as const] : [])));
}
