import { choose } from '../../assignment/choose.js';
import { afterWorking, onDuty } from '../../assignment/duty.js';
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

/** Runs the strategy in one queue and records why; the offer, or null. */
export function offerIn(
  course: Course,
  queue: QueueFacts,
  strategy: Extract<StepPlan, { kind: 'assign' }>['strategy'],
  lastAgentId: string | null,
  stepId: string,
): { memberId: string; until: number } | null {
  const choice = choose({ queue, strategy, lastAgentId, language: course.state.language, now: course.now });
  const until = choice.memberId === null ? null : afterWorking(queue, course.now, course.state.acceptWithinMs);
  course.record(
    choice.memberId === null ? 'assignment.nobody' : 'assignment.chosen',
    { queue: queue.key, memberId: choice.memberId, by: choice.by, until },
    {
      step: stepId,
      values: {
        candidates: queue.members.map(({ id, openTasks, capacity, away }) => ({ id, openTasks, capacity, away })),
        lastChosen: queue.lastChosen,
      },
      passedOver: choice.passedOver,
      calendar: { key: queue.calendar.key, version: queue.calendar.version },
    },
  );
  if (choice.memberId === null || until === null) return null;
  if (choice.by === 'round_robin') course.effect({ do: 'rotate', queue: queue.key, memberId: choice.memberId });
  return { memberId: choice.memberId, until };
}
