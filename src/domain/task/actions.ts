import type { FormPlan } from '../definition/plan.js';

/** What a person can do with a task of each kind, and what each action needs (api.md, "Tasks"). */
export type TaskAction = {
  /** An outcome of the plan where the task is a form. */
  readonly name: string;
  /** Members the call must carry beside the token; `a|b` = one of them. */
  readonly needs: readonly string[];
};

const HAND_OVER: TaskAction = { name: 'hand_over', needs: ['to'] };
const WRITING: readonly TaskAction[] = [
  { name: 'send', needs: ['text|template'] },
  { name: 'not_needed', needs: ['reason'] },
  HAND_OVER,
];

const ACTIONS: Readonly<Record<string, readonly TaskAction[]>> = {
  reply: WRITING,
  rewrite: WRITING,
  approve: [
    { name: 'approve', needs: ['textHash'] },
    { name: 'return', needs: ['reason'] },
  ],
  triage: [{ name: 'done', needs: ['intent', 'urgency', 'queue'] }, HAND_OVER],
  confirm_delivery: [{ name: 'delivered', needs: [] }, { name: 'not_delivered', needs: [] }, HAND_OVER],
};

/** Actions that complete or pass on a task of a kind, with those of its form; none for a kind nobody completes yet. */
export function actionsOf(kind: string, form: FormPlan | null): readonly TaskAction[] {
  if (form === null) return ACTIONS[kind] ?? [];
  const needs = form.fields.filter(({ optional }) => !optional).map(({ name }) => name);
  return [...form.outcomes.map((name) => ({ name, needs })), HAND_OVER];
}
