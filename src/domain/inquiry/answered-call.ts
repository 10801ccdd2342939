import type { Course } from './course.js';
import type { CallAnsweredEvent } from './events.js';
import { advance } from './walk.js';

/**
 * What became of a call: the fields of its answer become `data.<step>`, and the walk goes on if it still waits for it. A call
 * whose end nobody knows is remembered, so that asking once more carries the same key.
 */
export function answeredCall(course: Course, event: CallAnsweredEvent): void {
  const { call: key, outcome, code, attempts } = event;
  const call = course.state.calls.find((candidate) => candidate.key === key);
  const told = { call: key, attempts, ...(code === null ? {} : { code }) };
  if (call === undefined) {
    course.record('call.answer_ignored', { ...told, outcome });
    return;
  }
  const { [call.step]: _, ...inDoubt } = course.state.inDoubt;
  course.set({
    calls: course.state.calls.filter((other) => other !== call),
    inDoubt: outcome === 'unknown' ? { ...inDoubt, [call.step]: call.keyOf } : inDoubt,
    data: { ...course.state.data, [call.step]: event.data },
  });
  course.record(
    `call.${outcome}`,
    { ...told, awaited: call.awaited, changed: { data: { [call.step]: event.data } } },
    { step: call.step },
  );
  if (call.awaited && course.state.closedAt === null) advance(course, outcome);
}
