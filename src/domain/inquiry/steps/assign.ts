import { asksForActivity, choose, grounds } from '../../assignment/choose.js';
import type { ChoiceRequest } from '../../assignment/choose.js';
import { hoursOf, offerEnd, onDuty } from '../../assignment/duty.js';
import type { StepPlan } from '../../definition/plan.js';
import type { Course } from '../course.js';
import type { QueueFacts } from '../facts.js';
import type { Entered } from '../walk.js';

/**
 * Chooses queue and person for the next task: the first queue of the list with somebody on duty, else the first; there the
 * strategy. Nobody to offer to leaves the task ready in the queue (`nobody`).
 */
export function enterAssign(course: Course, step: Extract<StepPlan, { kind: 'assign' }>): Entered {
  const queues = step.queues.map((key) => course.facts.get('queue', key)).filter((queue) => queue !== null);
  const staffed = queues.find((queue) => queue.members.some((member) => onDuty(queue, member, course.now)));
  const queue = staffed ?? queues[0];
  course.set({ preferLastAgent: step.preferLastAgent, acceptWithinMs: step.acceptWithinMs });
  if (!queue) {
    course.set({ queue: course.facts.get('defaultQueue'), offer: null });
    course.record('assignment.nobody', { queue: course.state.queue, code: 'queue_unknown' }, { step: step.id });
    return { end: 'nobody' };
  }
  const offered = offerIn(course, queue, step.strategy, step.preferLastAgent ? lastAgent(course) : null, step.id);
  course.set({ queue: queue.key, offer: offered });
  return { end: offered === null && step.strategy !== 'manual' ? 'nobody' : 'assigned' };
}

/** Who last answered this buyer, in this inquiry or before. */
export function lastAgent(course: Course): string | null {
  return course.state.lastAgentId ?? course.facts.get('conversation').lastAgentId;
}

type Offer = { readonly memberId: string; readonly until: number };
type Strategy = Extract<StepPlan, { kind: 'assign' }>['strategy'];

/** Runs the strategy in one queue and records why; the offer, or null. */
export function offerIn(
  course: Course,
  queue: QueueFacts,
  strategy: Strategy,
  lastAgentId: string | null,
  stepId: string,
): Offer | null {
  const request = requestFor(course, queue, strategy, lastAgentId);
  const choice = choose(request);
  const until = choice.memberId === null ? null : untilWhen(course, queue, choice.memberId);
  course.record(
    choice.memberId === null ? 'assignment.nobody' : 'assignment.chosen',
    { queue: queue.key, memberId: choice.memberId, by: choice.by, until },
    { step: stepId, ...grounds(request, choice) },
  );
  if (choice.memberId === null || until === null) return null;
  if (choice.by === 'round_robin') course.effect({ do: 'rotate', queue: queue.key, memberId: choice.memberId });
  return { memberId: choice.memberId, until };
}

/** Offers work to one member, or who stands in for them, if the filters let it, and records why; else null. */
export function offerBack(course: Course, queue: QueueFacts, lastAgentId: string): Offer | null {
  const request = requestFor(course, queue, 'least_loaded', lastAgentId);
  const { memberId, by, passedOver } = choose(request);
  if (memberId === null || (by !== 'last_agent' && by !== 'substitute')) return null;
  const until = untilWhen(course, queue, memberId);
  course.record(
    'assignment.chosen',
    { queue: queue.key, memberId, by, until },
    grounds(request, { memberId, by, passedOver }),
  );
  return { memberId, until };
}

function requestFor(course: Course, queue: QueueFacts, strategy: Strategy, lastAgentId: string | null): ChoiceRequest {
  const { key, channel } = course.facts.get('shop');
  const activity = asksForActivity(queue, strategy) ? course.facts.get('activity', queue.key) : null;
  const { language } = course.state;
  return { queue, strategy, lastAgentId, language, shop: { key, channel }, activity, now: course.now };
}

function untilWhen({ now, state }: Course, queue: QueueFacts, memberId: string): number {
  return offerEnd(hoursOf(queue, memberId), now, state.acceptWithinMs);
}
