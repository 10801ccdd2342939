import type { Expression, Within } from '../definition/plan.js';
import type { Course } from './course.js';
import { retarget } from './obligation-changes.js';
import { chooseTarget, followPauses, fromStart, reason } from './obligations.js';
import type { LevelState, ObligationState } from './state.js';

/** Takes conditional targets again where a value they read has changed; the start stays what it was. */
export function reviewTargets(course: Course): void {
  let moved = false;
  for (const obligation of course.state.obligations) {
    const plan = course.plan.obligations.find((candidate) => candidate.name === obligation.name);
    // What pauses is looked at when it goes on; a breach stays what it is.
    if (!plan || plan.targets.length < 2 || obligation.status !== 'running') continue;
    const target = chooseTarget(course, plan);
    if (target === null || 'platform' in target.within) continue;
    if (JSON.stringify(target.within) === JSON.stringify(obligation.within)) continue;
    applyTarget(course, obligation, target.within, target.when);
    moved = true;
  }
  // What was due by the old target, and so ran on, may have something left to pause with.
  if (moved) followPauses(course);
}

function applyTarget(
  course: Course,
  obligation: ObligationState,
  within: Exclude<Within, { readonly platform: true }>,
  when: Expression | null,
): void {
  const { deadline, levels } = fromStart(course, { ...obligation, within });
  if (deadline === null) return;
  const plannedAt = ({ level, plannedAt: at }: LevelState): number =>
    levels.find((other) => other.level === level)?.plannedAt ?? at;
  retarget(course, { ...obligation, within }, { deadline, plannedAt }, when === null ? {} : reason(course, when));
}
