import { choose } from '../assignment/choose.js';
import type { Choice, ChoiceRequest } from '../assignment/choose.js';
import { hoursOf, nextShiftStart, offerEnd } from '../assignment/duty.js';
import type { Plan, StepPlan } from '../definition/plan.js';
import type { QueueFacts } from '../inquiry/facts.js';

type AssignStep = Extract<StepPlan, { kind: 'assign' }>;

/** How long a task waits at most until its queue's roster, which may have been changed, is asked again. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * When a task that nobody could be offered is looked at again (epoch ms, later than `now`): as the next shift of the queue
 * starts, with a roster within the hour. Null when the calendar of a queue without a roster never closes or opens.
 */
export function nextLook({ calendar, roster, members }: QueueFacts, now: number): number | null {
  if (roster === null) return nextShiftStart({ calendar, roster, shiftsOf: [] }, now);
  const starts = members.flatMap(({ id }) => nextShiftStart({ calendar, roster, shiftsOf: [id] }, now) ?? []);
  return Math.min(now + LOOK_AGAIN_MS, ...starts);
}

/** The step by which a plan would hand out tasks of a queue; null when people take them by themselves. */
export function assignStepFor(plan: Plan, queue: string): AssignStep | null {
  const steps = plan.steps.filter((step): step is AssignStep => step.kind === 'assign');
  return steps.find((step) => step.strategy !== 'manual' && step.queues.includes(queue)) ?? null;
}

/** All an offer was made on: taken again from it at any later time, the offer is the same. */
export type OfferRequest = ChoiceRequest & { readonly acceptWithinMs: number };

export type ShiftOffer = {
  readonly request: OfferRequest;
  readonly choice: Choice;
  readonly memberId: string;
  /** Epoch ms. */
  readonly until: number;
};

/** Whom a waiting task is offered to as a shift starts, by the plan's own strategy; null when nobody is there. */
export function shiftOffer(
  step: AssignStep,
  queue: QueueFacts,
  about: Omit<ChoiceRequest, 'queue' | 'strategy'>,
): ShiftOffer | null {
  const lastAgentId = step.preferLastAgent ? about.lastAgentId : null;
  const { strategy, acceptWithinMs } = step;
  return offerOn({ ...about, queue, strategy, lastAgentId, acceptWithinMs });
}

/** The offer that follows from a request; null when nobody is there. */
export function offerOn(request: OfferRequest): ShiftOffer | null {
  const choice = choose(request);
  const { memberId } = choice;
  if (memberId === null) return null;
  const until = offerEnd(hoursOf(request.queue, memberId), request.now, request.acceptWithinMs);
  return { request, choice, memberId, until };
}
