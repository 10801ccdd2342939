import type { Plan } from '../definition/plan.js';
import { Course } from './course.js';
import type { Decision } from './decide.js';
import { findDue } from './due.js';
import type { DueRef } from './due.js';
import { FactBook, MissingFact } from './facts.js';
import type { FactMap } from './facts.js';
import { replaceObligation } from './obligation-changes.js';
import type { InquiryState } from './state.js';
import { openTask } from './steps/task.js';

type SetAsideInput = {
  readonly plan: Plan;
  readonly state: InquiryState;
  readonly facts: FactMap;
  readonly now: number;
  /** Kind of the event whose decision failed; `time` for something due. */
  readonly eventKind: string;
  readonly inboxId: string | null;
  readonly code: string;
  /** What was due when time's decision failed; null for other events. */
  readonly due: DueRef | null;
};

/**
 * The decision that replaces one that failed: the event is recorded as failed, a person is asked to look (`triage`), and
 * what was due is taken out of the way so that the inquiry's other clocks go on.
 */
export function setAside(input: SetAsideInput): Decision | { readonly missing: string } {
  const facts = new FactBook(input.facts);
  const { plan, state, now } = input;
  const course = new Course({ plan, state, facts, texts: {}, answers: [], now, actor: { kind: 'system' } });
  try {
    course.record('event.failed', { event: input.eventKind, inboxId: input.inboxId, code: input.code });
    if (input.due !== null) removeDue(course, input.due);
    if (!course.state.tasks.some((task) => task.kind === 'triage'))
      openTask(course, { kind: 'triage', reason: 'event_failed' });
    course.effect({
      do: 'notify',
      to: 'system',
      members: people(course),
      urgent: true,
      kind: 'event_failed',
      data: {},
    });
  } catch (error) {
    if (error instanceof MissingFact) return { missing: error.key };
    throw error;
  }
  const { entries, effects } = course;
  return { state: course.state, plan, entries, effects, facts: facts.used(), answers: [] };
}

function people(course: Course): string[] {
  return course.facts.get('role', 'ops').map((person) => person.id);
}

function removeDue(course: Course, ref: DueRef): void {
  const due = findDue(course.state, course.now, ref);
  if (due === null) return;
  if (due.kind === 'timeout' && course.state.wait !== null) course.set({ wait: { ...course.state.wait, until: null } });
  if (due.kind === 'unsnooze') course.set({ snoozedUntil: null });
  if (due.kind === 'expiry') {
    const tasks = course.state.tasks.map((task) => (task.key === due.task.key ? { ...task, expiresAt: null } : task));
    course.set({ tasks });
  }
  if (due.kind === 'breach') {
    replaceObligation(course, { ...due.obligation, status: 'breached_open', breachedAt: due.obligation.deadline });
  }
  if (due.kind === 'level') {
    const levels = due.obligation.levels.map((level) =>
      level.level === due.level.level ? { ...level, state: 'cancelled' as const } : level,
    );
    replaceObligation(course, { ...due.obligation, levels });
  }
}
