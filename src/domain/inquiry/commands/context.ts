import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { CommandEvent } from '../events.js';
import { refuse } from '../refusals.js';
import type { InquiryRefusalCode, Refusal } from '../refusals.js';
import type { TaskState } from '../state.js';

type Details = Refusal['details'];

/** A command that changed something, with what the caller is told. */
export function applied(result: Details = {}): CommandOutcome {
  return { state: 'applied', result };
}

/** A command that was refused; it is recorded, because a refused act is evidence too. */
export function refused(
  course: Course,
  event: CommandEvent,
  code: InquiryRefusalCode,
  details: Details = {},
): CommandOutcome {
  course.record(
    `${event.command.kind}.refused`,
    { code, ...details, commandId: event.commandId },
    {},
    { kind: 'member', id: event.actor.memberId },
  );
  return { state: 'refused', refusal: refuse(code, details) };
}

/** Records an act of the caller. */
export function recordAct(
  course: Course,
  event: CommandEvent,
  kind: string,
  data: Readonly<Record<string, unknown>> = {},
): void {
  course.record(kind, { ...data, commandId: event.commandId }, {}, { kind: 'member', id: event.actor.memberId });
}

/** Records that the caller wrote what they had been warned not to write. */
export function recordWarnings(course: Course, event: CommandEvent, phrases: readonly string[] = []): void {
  if (phrases.length > 0) recordAct(course, event, 'policy.overridden', { phrases });
}

/**
 * Why the caller may not work on a task, or null: the token must be current (the lease may have lapsed); without a token
 * the task must be free, not offered to somebody else, or the caller's own.
 */
export function taskRefusal(
  course: Course,
  event: CommandEvent,
  task: TaskState,
  token: number | null,
): { code: InquiryRefusalCode; details: Details } | null {
  if (course.state.approval?.of === task.key) return { code: 'approval_pending', details: { task: task.key } };
  const facts = course.facts.get('task', task.key);
  if (facts === null) return { code: 'task_ended', details: { task: task.key } };
  if (token !== null) {
    if (facts.token === token && facts.holderId === event.actor.memberId) return null;
    return { code: 'token_stale', details: { task: task.key, holder: facts.holderId } };
  }
  const live = facts.leaseUntil !== null && facts.leaseUntil > course.now;
  if (facts.holderId === event.actor.memberId) return null;
  if (facts.holderId !== null && live)
    return { code: 'task_held', details: { task: task.key, holder: facts.holderId } };
  const offered = facts.offeredTo !== null && facts.offerUntil !== null && facts.offerUntil > course.now;
  if (offered && facts.offeredTo !== event.actor.memberId) {
    return { code: 'task_offered', details: { task: task.key, assignee: facts.offeredTo, until: facts.offerUntil } };
  }
  return null;
}

/** Ends an open task by the caller's act and forgets it. */
export function completeTask(course: Course, event: CommandEvent, task: TaskState, outcome: string): void {
  completeAs(course, event.actor.memberId, task, outcome, { commandId: event.commandId });
}

/** Ends an open task as the work of a member and forgets it. */
export function completeAs(
  course: Course,
  memberId: string,
  task: TaskState,
  outcome: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  course.effect({ do: 'end_task', task: task.key, as: 'completed', outcome, memberId });
  course.set({ tasks: course.state.tasks.filter((other) => other.key !== task.key) });
  const data = { task: task.key, taskKind: task.kind, outcome, ...more };
  course.record('task.completed', data, {}, { kind: 'member', id: memberId });
}

/** The open task with this key, if it is of one of the kinds. */
export function openTaskOf(course: Course, key: string, kinds: readonly TaskState['kind'][]): TaskState | undefined {
  return course.state.tasks.find((task) => task.key === key && kinds.includes(task.kind));
}
