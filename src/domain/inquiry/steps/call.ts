import type { StepPlan } from '../../definition/plan.js';
import type { JsonValue } from '../../expression/expression.js';
import type { Course } from '../course.js';
import type { Entered } from '../walk.js';

type CallStep = Extract<StepPlan, { kind: 'call' }>;

/**
 * Asks an outside system and rests until its answer is there. While an earlier call of this step is still open, its answer is
 * waited for instead; after one that ended unknown, the same key is sent, so that the other side can tell it is the same.
 */
export function enterCall(course: Course, step: CallStep): Entered {
  const open = course.state.calls.find((call) => call.step === step.id);
  if (open !== undefined) {
    const calls = course.state.calls.map((call) => (call === open ? { ...call, awaited: true } : call));
    course.set({ calls });
    course.record('call.awaited', { call: open.key }, { step: step.id });
    return 'stay';
  }
  const body = bodyOf(course, step);
  if (body === null) {
    const data = { code: 'expression_failed' };
    course.set({ data: { ...course.state.data, [step.id]: data } });
    course.record('call.refused', { code: data.code, changed: { data: { [step.id]: data } } }, { step: step.id });
    return { end: 'refused' };
  }
  const { call: count } = course.state.counters;
  const key = `call:${count + 1}`;
  const keyOf = course.state.inDoubt[step.id] ?? key;
  const { connection, operation, check, attempts, returns } = step;
  course.set({
    calls: [...course.state.calls, { key, step: step.id, keyOf, awaited: true }],
    counters: { ...course.state.counters, call: count + 1 },
  });
  course.effect({ do: 'call', call: key, step: step.id, connection, operation, check, attempts, returns, keyOf, body });
  course.record('call.queued', { call: key, connection, operation }, { step: step.id });
  return 'stay';
}

/** The values to send, instants as RFC 3339; null when one of them cannot be had: something else must not be asked for. */
function bodyOf(course: Course, step: CallStep): Readonly<Record<string, JsonValue>> | null {
  const body: Record<string, JsonValue> = {};
  let failed = false;
  for (const [name, expression] of Object.entries(step.body)) {
    const value = course.evaluate(expression, { step: step.id });
    failed ||= value === null;
    body[name] = typeof value === 'number' && course.yieldsInstant(expression) ? new Date(value).toISOString() : value;
  }
  return failed ? null : body;
}
