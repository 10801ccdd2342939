import { nextStep } from './plan.js';
import type { Plan, StepPlan } from './plan.js';

/**
 * A way the token can take out of a step. `when` is the condition of a choice, `outcome` how the step ended, both null where it
 * just goes on; `to` is null at the end of the list.
 */
export type WayOut = { readonly when: string | null; readonly outcome: string | null; readonly to: string | null };

/** The outcomes a step can end with; none = it just goes on. */
export function outcomesOf(step: StepPlan): readonly string[] {
  switch (step.kind) {
    case 'send':
      return ['sent', 'refused'];
    case 'assign':
      return ['assigned', 'nobody'];
    case 'call':
      return ['ok', 'refused', 'unknown'];
    case 'wait':
      return [
        ...(step.messages ? ['message'] : []),
        ...step.events,
        // Without an end it waits for as long as it takes.
        ...(step.until === null ? [] : ['timeout']),
      ];
    case 'task': {
      const own = { reply: ['sent', 'not_needed'], triage: ['done'], form: step.form?.outcomes ?? [] }[step.task];
      return step.expiresMs === null ? own : [...own, 'expired'];
    }
    case 'classify':
    case 'choose':
    case 'set':
    case 'notify':
    case 'close':
      return [];
  }
}

/** Every way out of a step, in the order in which it is written or can come; none out of a close. */
export function waysOut(plan: Plan, step: StepPlan): readonly WayOut[] {
  if (step.kind === 'close') return [];
  const outcomes = outcomesOf(step);
  const choices = step.kind === 'choose' ? step.choices : [];
  return [
    ...choices.map(({ when, goto }) => ({ when: when.source, outcome: null, to: goto })),
    ...(outcomes.length === 0 ? [null] : outcomes).map((outcome) => {
      return { when: null, outcome, to: nextStep(plan, step, outcome) };
    }),
  ];
}
