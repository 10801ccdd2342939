import type { StepPlan } from '../../definition/plan.js';
import { finishClosing } from '../closing.js';
import type { Course } from '../course.js';
import type { Entered } from '../walk.js';

/** Closes, or rests until nothing is on its way to the buyer any more. */
export function enterClose(course: Course, step: Extract<StepPlan, { kind: 'close' }>): Entered {
  const { reason, retention, reopenWithinMs } = step;
  course.set({
    closing: course.state.closing ?? {
      reason,
      retention,
      reopenWithinMs,
      by: 'step',
      resume: course.state.lastTaskStep,
    },
  });
  finishClosing(course);
  return 'stay';
}
