import { nextStep, stepOf } from '../definition/plan.js';
import type { StepPlan } from '../definition/plan.js';
import type { Course } from './course.js';
import { meetAt, startAt } from './moments.js';
import { leaveCalls } from './calls.js';
import { enterAssign } from './steps/assign.js';
import { enterCall } from './steps/call.js';
import { enterClose } from './steps/close.js';
import { enterChoose, enterClassify, enterNotify, enterSet } from './steps/automatic.js';
import { enterSend } from './steps/send.js';
import { enterTask } from './steps/task.js';
import { enterWait } from './steps/wait.js';

/**
 * The token's walk. A step either ends at once with an outcome, moves the token itself, or keeps it until an event.
 */
export type Entered =
  | { readonly end: string | null }
  | { readonly goto: string }
  /** The token rests here. */
  | 'stay';

/** No plan that passed the linter comes near; a plan that does is a defect, not a reason to hang. */
const MAX_STEPS = 500;

/** Puts the token on `step` and walks until it rests. */
export function walkTo(course: Course, step: string | null): void {
  leaveCalls(course, 'step_left');
  let current = step;
  for (let walked = 0; current !== null; walked += 1) {
    if (walked > MAX_STEPS) throw new Error(`The token of ${course.plan.key}@${course.plan.version} never rests`);
    const plan = stepOf(course.plan, current);
    const left = course.state.step;
    if (left !== null) meetAt(course, `step:${left}`, course.now);
    course.set({ step: current, wait: null });
    startAt(course, `step:${current}`, course.now);
    const entered = enter(course, plan);
    const jump = course.takeJump();
    if (jump !== null) current = jump;
    else if (entered === 'stay') return;
    else current = 'goto' in entered ? entered.goto : nextStep(course.plan, plan, entered.end);
  }
}

/** Moves the token where a rule or level sent it; true when it moved. */
export function followJump(course: Course): boolean {
  const jump = course.takeJump();
  if (jump === null) return false;
  walkTo(course, jump);
  return true;
}

/** Ends the step the token rests on with `outcome` and walks on. */
export function advance(course: Course, outcome: string): void {
  const { step } = course.state;
  if (step === null) return;
  walkTo(course, nextStep(course.plan, stepOf(course.plan, step), outcome));
}

function enter(course: Course, step: StepPlan): Entered {
  switch (step.kind) {
    case 'classify':
      return enterClassify(course);
    case 'choose':
      return enterChoose(course, step);
    case 'set':
      return enterSet(course, step);
    case 'send':
      return enterSend(course, step);
    case 'assign':
      return enterAssign(course, step);
    case 'task':
      return enterTask(course, step);
    case 'wait':
      return enterWait(course, step);
    case 'notify':
      return enterNotify(course, step);
    case 'call':
      return enterCall(course, step);
    case 'close':
      return enterClose(course, step);
  }
}
