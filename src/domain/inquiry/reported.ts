import { readFields } from '../task/form.js';
import type { Course } from './course.js';
import type { InquiryEvent } from './events.js';
import { stepOf } from '../definition/plan.js';
import { meetAt, startAt } from './moments.js';
import { advance } from './walk.js';

type Reported = Pick<Extract<InquiryEvent, { kind: 'platform.event' }>, 'name' | 'at' | 'data'>;

/**
 * Something a platform or an integration reported. Where the plan declares it, its declared fields become `data.<event>`, and it
 * ends the wait for it; one that nothing waits for yet is kept, the newest of each name, for the next wait. What the plan
 * does not know is recorded and changes nothing.
 */
export function reported(course: Course, event: Reported, more: Readonly<Record<string, string>> = {}): void {
  const { name, at, data = {} } = event;
  const declared = Object.hasOwn(course.plan.events, name) ? course.plan.events[name] : undefined;
  if (declared === undefined || course.state.closedAt !== null) {
    course.record('platform.event', { name, at, ...more }, {}, course.actor);
    return;
  }
  const { values, ignored } = readFields(declared, data);
  const changed = { data: { [name]: values } };
  course.record('platform.event', { name, at, changed, ignored: ignored.length, ...more }, {}, course.actor);
  course.set({ data: { ...course.state.data, [name]: values } });
  meetAt(course, `event:${name}`, at);
  startAt(course, `event:${name}`, at);
  if (isAwaited(course, name)) return advance(course, name);
  course.set({ early: { ...course.state.early, [name]: at } });
}

function isAwaited({ plan, state }: Course, name: string): boolean {
  if (state.wait === null || state.step === null) return false;
  const step = stepOf(plan, state.step);
  return step.kind === 'wait' && step.events.includes(name);
}
