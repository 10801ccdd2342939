import type { StepPlan } from '../../definition/plan.js';
import type { Course } from '../course.js';
import { sendTemplate } from '../sending.js';
import type { Entered } from '../walk.js';

/** Sends the step's template; outcome `sent`, also when it had been sent before, or `refused`. */
export function enterSend(course: Course, step: Extract<StepPlan, { kind: 'send' }>): Entered {
  return { end: sendTemplate(course, { id: step.id, send: step.send }, { step: step.id }) };
}
