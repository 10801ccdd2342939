import { meets } from '../obligation/needs.js';
import { leaveCalls } from './calls.js';
import type { Course } from './course.js';
import { cancelObligation, meet } from './obligations.js';
import { isDeliveryOpen, isOpenObligation } from './state.js';
import type { Closing } from './state.js';

/** Where a close by hand takes its retention and reopening from when the plan has no close step. */
const DEFAULT_CLOSE = { retention: 'order', reopenWithinMs: 7 * 86_400_000 } as const;

/** Asks to close by hand or with a reply; it happens at once unless a message is still on its way. */
export function requestClose(course: Course, reason: string): void {
  const step = course.plan.steps.find((candidate) => candidate.kind === 'close');
  const closing: Closing = {
    reason,
    retention: step?.retention ?? DEFAULT_CLOSE.retention,
    reopenWithinMs: step?.reopenWithinMs ?? DEFAULT_CLOSE.reopenWithinMs,
    by: 'command',
    resume: course.state.lastTaskStep,
  };
  course.set({ closing });
  finishClosing(course);
}

/** Closes if a close was asked for and no delivery is open; true when the inquiry is closed now. */
export function finishClosing(course: Course): boolean {
  const { closing } = course.state;
  if (closing === null || course.state.closedAt !== null) return false;
  // An accepted buyer message that is still to be applied would otherwise meet a closed inquiry.
  const pending = course.facts.get('pending');
  if (pending !== null || isDeliveryOpen(course.state)) {
    course.record('inquiry.closing', {
      reason: closing.reason,
      waitingFor: pending === null ? 'delivery' : 'buyer_message',
    });
    return false;
  }
  for (const obligation of course.state.obligations) {
    if (!isOpenObligation(obligation)) continue;
    if (obligation.needs === 'close') meet(course, obligation, course.now, 'close');
    else cancelObligation(course, obligation, meets('human', obligation.needs) ? 'closed_unanswered' : 'closed');
  }
  for (const task of course.state.tasks) {
    course.effect({ do: 'end_task', task: task.key, as: 'cancelled', outcome: 'closed', memberId: null });
    course.record('task.cancelled', { task: task.key, cause: 'closed' });
  }
  leaveCalls(course, 'closed');
  course.set({ tasks: [], wait: null, snoozedUntil: null, closedAt: course.now });
  course.record('inquiry.closed', {
    reason: closing.reason,
    retention: closing.retention,
    reopenUntil: course.now + closing.reopenWithinMs,
  });
  return true;
}

/** The buyer wrote before the close was done: the inquiry goes on where a person last worked on it. */
export function withdrawClosing(course: Course): string | null {
  const { closing } = course.state;
  if (closing === null) return null;
  course.set({ closing: null });
  course.record('inquiry.close_withdrawn', { cause: 'buyer_message' });
  return closing.resume;
}
