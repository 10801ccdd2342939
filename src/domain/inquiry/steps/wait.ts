import type { StepPlan } from '../../definition/plan.js';
import { shift } from '../../obligation/clock.js';
import type { Course } from '../course.js';
import { unansweredOf } from '../state.js';
import type { Entered } from '../walk.js';

/**
 * Rests until the buyer writes, a declared event is reported or the time is over. A message accepted after the last answer's
 * `seenMessageId`, or an event since the last wait for it, came early and ends the wait at once.
 */
export function enterWait(course: Course, step: Extract<StepPlan, { kind: 'wait' }>): Entered {
  const early = endEarly(course, step.id, step);
  if (early !== null) return { end: early };
  const until = endOf(course, step);
  course.set({ wait: { until, as: step.as, since: course.now } });
  course.record('step.waiting', { as: step.as, until, clock: step.clock }, { step: step.id });
  return 'stay';
}

/**
 * The outcome of a wait whose end has come before it, recorded and used up: the event that was reported first, else `message`;
 * null when it has to be waited for.
 */
export function endEarly(
  course: Course,
  step: string,
  awaited: { readonly events: readonly string[]; readonly messages: boolean },
): string | null {
  const event = earlyEvent(course, awaited.events);
  const outcome = event ?? (awaited.messages && cameEarly(course) ? 'message' : null);
  if (event !== null) {
    const { [event]: _, ...early } = course.state.early;
    course.set({ early });
  }
  if (outcome !== null) course.record('step.wait_over', { outcome, early: true }, { step });
  return outcome;
}

/** The event of the list that was reported first, or null. */
function earlyEvent({ state }: Course, events: readonly string[]): string | null {
  const kept = events.flatMap((name) => {
    const at = state.early[name];
    return at === undefined ? [] : [{ name, at }];
  });
  return kept.sort((one, other) => one.at - other.at)[0]?.name ?? null;
}

function cameEarly(course: Course): boolean {
  const answered = course.state.sends.filter((send) => send.author === 'human').map((send) => send.answersThrough);
  if (answered.length === 0) return false;
  const through = Math.max(...answered);
  return unansweredOf(course.state).some((message) => message.position > through);
}

function endOf(course: Course, step: Extract<StepPlan, { kind: 'wait' }>): number | null {
  if (step.until === null) return null;
  if ('ms' in step.until) {
    const calendar = step.clock === 'house' ? course.calendar() : null;
    return shift(step.clock, calendar, course.now, step.until.ms);
  }
  const at = course.evaluate(step.until.at, { step: step.id });
  return typeof at === 'number' ? Math.max(at, course.now) : course.now;
}
