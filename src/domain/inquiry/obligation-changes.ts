import type { Because } from './effects.js';
import type { Course } from './course.js';
import type { LevelState, ObligationState } from './state.js';

/** Where an obligation is to end now, and when each of its levels is due. */
export type Target = { readonly deadline: number; readonly plannedAt: (level: LevelState) => number };

/** Replaces one obligation in the state. */
export function replaceObligation(course: Course, next: ObligationState): void {
  course.set({
    obligations: course.state.obligations.map((obligation) =>
      obligation.name === next.name && obligation.instance === next.instance ? next : obligation,
    ),
  });
}

/**
 * Gives a running obligation another deadline because the rule changed, with the levels that have not fired. A deadline that is
 * already past is a breach now: dating it back would blame people for a rule they did not have.
 */
export function retarget(
  course: Course,
  obligation: ObligationState,
  target: Target,
  because: Omit<Because, 'definition'>,
): void {
  const { deadline, plannedAt } = target;
  const { name, instance } = obligation;
  const breached = obligation.breachedAt === null && deadline <= course.now;
  replaceObligation(course, {
    ...obligation,
    deadline,
    status: breached ? 'breached_open' : obligation.status,
    breachedAt: breached ? course.now : obligation.breachedAt,
    levels: obligation.levels.map((level) =>
      level.state === 'pending' ? { ...level, plannedAt: plannedAt(level) } : level,
    ),
  });
  course.record('obligation.policy_applied', { name, instance, from: obligation.deadline, deadline }, because);
  if (breached)
    course.record('obligation.breached', { name, instance, deadline, breachedAt: course.now, byPolicy: true });
}
