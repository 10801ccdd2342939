import { nextStep } from './plan.js';
import type { Plan, StepPlan } from './plan.js';

/** Ids of steps, each list in the order of the newer plan (`removed` in that of the older). */
export type StepChanges = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
};

/**
 * What an operator has to look at between two versions of a definition: steps that came, went, or do something else or lead
 * elsewhere, be it only because another step follows them now.
 */
export function changedSteps(from: Plan, to: Plan): StepChanges {
  const before = new Map(from.steps.map((step) => [step.id, step]));
  const after = new Set(to.steps.map((step) => step.id));
  const isChanged = (step: StepPlan): boolean => {
    const earlier = before.get(step.id);
    return (
      earlier !== undefined && !(isEqual(earlier, step) && nextStep(from, earlier, null) === nextStep(to, step, null))
    );
  };
  return {
    added: to.steps.filter(({ id }) => !before.has(id)).map(({ id }) => id),
    removed: from.steps.filter(({ id }) => !after.has(id)).map(({ id }) => id),
    changed: to.steps.filter(isChanged).map(({ id }) => id),
  };
}

/** Equality of JSON values, whatever the order of keys. */
function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [own, other] = [Object.entries(left), new Map(Object.entries(right))];
  return own.length === other.size && own.every(([name, value]) => other.has(name) && isEqual(value, other.get(name)));
}
