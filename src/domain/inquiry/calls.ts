import type { Course } from './course.js';
import type { OpenCall } from './state.js';

/**
 * The token leaves the step of a call, or the inquiry is closed. What has not been asked yet is taken back; the answer to
 * what may have been asked is still taken down when it comes.
 */
export function leaveCalls(course: Course, cause: 'step_left' | 'closed'): void {
  const kept: OpenCall[] = [];
  for (const call of course.state.calls) {
    if (!call.awaited || course.facts.get('call', call.key)?.asked !== false) {
      kept.push({ ...call, awaited: false });
      continue;
    }
    course.effect({ do: 'cancel_call', call: call.key });
    course.record('call.cancelled', { call: call.key, cause });
  }
  if (course.state.calls.length > 0) course.set({ calls: kept });
}
