import type { EventMoment, StartOn, StepMoment } from '../definition/plan.js';
import type { Course } from './course.js';
import { activate, meet } from './obligations.js';
import { isOpenObligation } from './state.js';

/**
 * Obligations that the definition named itself: they start at a moment and are met at one (definition.md, section 4).
 * While an instance is open the same moment starts no other.
 */

/** Starts what starts at this moment, with `at` (epoch ms) as its start; an instant ahead of now counts as now. */
export function startAt(course: Course, moment: StartOn, at: number): void {
  for (const { name, startOn } of course.plan.obligations) {
    const isOpen = course.state.obligations.some((other) => other.name === name && isOpenObligation(other));
    if (startOn !== moment || isOpen) continue;
    activate(course, { name, startedAt: Math.min(at, course.now), cause: moment });
  }
}

/**
 * Meets what is met at this moment, as of `at` (epoch ms): never before it started, because the moment was what was waited
 * for, whatever a platform's clock says, and never ahead of now.
 */
export function meetAt(course: Course, moment: StepMoment | EventMoment, at: number): void {
  for (const obligation of course.state.obligations) {
    if (obligation.needs !== moment) continue;
    meet(course, obligation, Math.max(obligation.startedAt, Math.min(at, course.now)), moment);
  }
}
