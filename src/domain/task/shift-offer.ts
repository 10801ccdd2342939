import { choose } from '../assignment/choose.js';
import type { Choice } from '../assignment/choose.js';
import { afterWorking } from '../assignment/duty.js';
import { closing, isOpen, nextOpening } from '../calendar/working-time.js';
import type { Calendar } from '../calendar/types.js';
import type { Plan, StepPlan } from '../definition/plan.js';
import type { QueueFacts } from '../inquiry/facts.js';

type AssignStep = Extract<StepPlan, { kind: 'assign' }>;

/** When the next shift of a queue starts (epoch ms), later than `now`; null when its calendar never closes or opens. */
export function nextShiftStart(calendar: Calendar, now: number): number | null {
  if (!isOpen(calendar, now)) return nextOpening(calendar, now);
  const end = closing(calendar, now);
  return end === null ? null : nextOpening(calendar, end);
}

/** The step by which a plan would hand out tasks of a queue; null when people take them by themselves. */
export function assignStepFor(plan: Plan, queue: string): AssignStep | null {
  const steps = plan.steps.filter((step): step is AssignStep => step.kind === 'assign');
  return steps.find((step) => step.strategy !== 'manual' && step.queues.includes(queue)) ?? null;
}

export type ShiftOffer = { readonly choice: Choice; readonly memberId: string; readonly until: number };

/** Whom a waiting task is offered to as a shift starts, by the plan's own strategy; null when nobody is there. */
export function shiftOffer(
  step: AssignStep,
  queue: QueueFacts,
  about: { readonly language: string | null; readonly lastAgentId: string | null; readonly now: number },
): ShiftOffer | null {
  const choice = choose({
    queue,
    strategy: step.strategy,
    lastAgentId: step.preferLastAgent ? about.lastAgentId : null,
    language: about.language,
    now: about.now,
  });
  if (choice.memberId === null) return null;
  return { choice, memberId: choice.memberId, until: afterWorking(queue, about.now, step.acceptWithinMs) };
}
