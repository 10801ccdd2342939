import type { LevelPlan } from '../definition/plan.js';
import { runActions } from './actions.js';
import { approvalExpired } from './approval.js';
import { meets } from '../obligation/needs.js';
import type { Course } from './course.js';
import { replaceObligation } from './obligation-changes.js';
import { isDeliveryOpen } from './state.js';
import type { InquiryState, LevelState, ObligationState, TaskState } from './state.js';
import { advance, followJump } from './walk.js';

/** What time brings: breaches, levels of chains, time-outs of waits, tasks that expire, ends of snoozes. */

type Due =
  | { readonly kind: 'breach'; readonly at: number; readonly obligation: ObligationState }
  | { readonly kind: 'level'; readonly at: number; readonly obligation: ObligationState; readonly level: LevelState }
  | { readonly kind: 'timeout'; readonly at: number }
  | { readonly kind: 'expiry'; readonly at: number; readonly task: TaskState }
  | { readonly kind: 'unsnooze'; readonly at: number };

/** Which due thing it was, by what stays the same as long as it is due. */
export type DueRef = {
  readonly kind: Due['kind'];
  /** Epoch ms at which it became due. */
  readonly at: number;
  /** The obligation it belongs to; null for time-outs, tasks and snoozes. */
  readonly obligation: { readonly name: string; readonly instance: number; readonly level: number } | null;
  /** The task that expires. */
  readonly task?: string;
};

const ORDER: Readonly<Record<Due['kind'], number>> = { breach: 0, level: 1, unsnooze: 2, timeout: 3, expiry: 4 };

/**
 * A queued message holds back the levels and the breach it would make pointless, until its receipt or the channel's
 * verdict time-out: a reply on its way must not be reported as missing.
 */
function suspendedUntil(state: InquiryState, obligation: ObligationState): number | null {
  const holding = state.sends.filter((send) => send.status === 'in_flight' && meets(send.author, obligation.needs));
  return holding.length === 0 ? null : Math.max(...holding.map((send) => send.suspendUntil));
}

function isSuspended(state: InquiryState, obligation: ObligationState, now: number): boolean {
  const until = suspendedUntil(state, obligation);
  return until !== null && until > now;
}

/** Everything that could become due, whether or not it is yet. */
function candidates(state: InquiryState, now: number): Due[] {
  const due: Due[] = [];
  if (state.closedAt !== null) return due;
  for (const obligation of state.obligations) {
    if (obligation.status !== 'running' && obligation.status !== 'breached_open') continue;
    if (isSuspended(state, obligation, now)) continue;
    if (obligation.status === 'running' && obligation.deadline !== null) {
      due.push({ kind: 'breach', at: obligation.deadline, obligation });
    }
    for (const level of obligation.levels) {
      if (level.state === 'pending') due.push({ kind: 'level', at: level.plannedAt, obligation, level });
    }
  }
  if (state.snoozedUntil !== null) due.push({ kind: 'unsnooze', at: state.snoozedUntil });
  const until = state.wait?.until ?? null;
  if (until !== null) due.push({ kind: 'timeout', at: until });
  for (const task of state.tasks) {
    // The time somebody else takes to approve is not the author's.
    if (task.expiresAt === null || task.key === state.approval?.of) continue;
    due.push({ kind: 'expiry', at: task.expiresAt, task });
  }
  return due;
}

/** Everything due at `now`. Met exactly at the deadline is met, so a breach needs a later instant. */
function ready(state: InquiryState, now: number): Due[] {
  return candidates(state, now)
    .filter((due) => (due.kind === 'breach' ? due.at < now : due.at <= now))
    .filter((due) => due.kind !== 'timeout' || !isDeliveryOpen(state));
}

/** The earliest thing due at `now`, or null. */
export function nextDue(state: InquiryState, now: number): Due | null {
  const due = ready(state, now);
  due.sort((a, b) => a.at - b.at || ORDER[a.kind] - ORDER[b.kind] || levelOf(a) - levelOf(b));
  return due[0] ?? null;
}

/** A name for a due thing that can be kept and found again. */
export function refOf(due: Due): DueRef {
  const { kind, at } = due;
  if (due.kind === 'timeout' || due.kind === 'unsnooze') return { kind, at, obligation: null };
  if (due.kind === 'expiry') return { kind, at, obligation: null, task: due.task.key };
  const { name, instance } = due.obligation;
  return { kind, at, obligation: { name, instance, level: levelOf(due) } };
}

/** The due thing a name stands for, or null when it is not due any more: somebody dealt with it, or it has moved. */
export function findDue(state: InquiryState, now: number, ref: DueRef): Due | null {
  return ready(state, now).find((due) => isSameDue(refOf(due), ref)) ?? null;
}

/** Whether two names stand for the same due thing. */
export function isSameDue(one: DueRef, other: DueRef): boolean {
  const [a, b] = [one.obligation, other.obligation];
  return (
    one.kind === other.kind &&
    one.at === other.at &&
    one.task === other.task &&
    a?.name === b?.name &&
    a?.instance === b?.instance &&
    a?.level === b?.level
  );
}

function levelOf(due: Due): number {
  return due.kind === 'level' ? due.level.level : 0;
}

/** Applies one due thing. */
export function applyDue(course: Course, due: Due): void {
  switch (due.kind) {
    case 'breach':
      return breach(course, due.obligation);
    case 'level':
      return fire(course, due.obligation, due.level);
    case 'unsnooze':
      return unsnooze(course, 'time');
    case 'timeout':
      course.record('step.timed_out', { planned: due.at, lateMs: course.now - due.at });
      return advance(course, 'timeout');
    case 'expiry':
      return expire(course, due.task);
  }
}

/** Ends a task that took too long, whoever holds it; the walk goes on as the plan says. */
function expire(course: Course, task: TaskState): void {
  if (task.kind === 'approve') return approvalExpired(course, task);
  course.effect({ do: 'end_task', task: task.key, as: 'expired', outcome: 'expired', memberId: null });
  course.set({ tasks: course.state.tasks.filter(({ key }) => key !== task.key) });
  course.record('task.expired', {
    task: task.key,
    taskKind: task.kind,
    planned: task.expiresAt,
    lateMs: course.now - (task.expiresAt ?? course.now),
  });
  if (task.step !== null && task.step === course.state.step) advance(course, 'expired');
}

/** Marks an obligation as breached; the time of the breach is the deadline, whenever it is noticed. */
function breach(course: Course, obligation: ObligationState): void {
  const { name, instance, deadline } = obligation;
  replaceObligation(course, { ...obligation, status: 'breached_open', breachedAt: deadline });
  course.record('obligation.breached', { name, instance, deadline, breachedAt: deadline, noticedAt: course.now });
}

function fire(course: Course, obligation: ObligationState, level: LevelState): void {
  const { name, instance } = obligation;
  const plan: LevelPlan | undefined = course.plan.escalations[obligation.chain ?? '']?.[level.level - 1];
  const because = { level: { obligation: name, instance, level: level.level } };
  const firstBeforeDeadline =
    obligation.deadline !== null &&
    level.plannedAt < obligation.deadline &&
    obligation.levels.every((other) => other.state !== 'fired');
  replaceObligation(course, {
    ...obligation,
    levels: obligation.levels.map((other) =>
      other.level === level.level ? { ...other, state: 'fired', firedAt: course.now } : other,
    ),
  });
  course.record(
    'level.fired',
    {
      name,
      instance,
      level: level.level,
      planned: level.plannedAt,
      fired: course.now,
      lateMs: course.now - level.plannedAt,
    },
    because,
  );
  if (firstBeforeDeadline) course.record('obligation.warned', { name, instance, level: level.level }, because);
  if (!plan) return;
  runActions(course, plan.do, because);
  followJump(course);
}

/** Ends a snooze: tasks are visible again. */
export function unsnooze(course: Course, cause: 'time' | 'buyer_message'): void {
  if (course.state.snoozedUntil === null) return;
  course.set({ snoozedUntil: null });
  course.effect({ do: 'snooze_tasks', until: null });
  course.record('inquiry.unsnoozed', { cause });
}

/**
 * When the workflow must next be woken by time (epoch ms), or null: the earliest level, time-out or end of a snooze.
 * Deadlines without a level and held-back levels are not among them; see `nextSweep`. A time-out that must wait for a
 * delivery counts until it is due, then the receipt brings it back.
 */
export function nextWake(state: InquiryState, now: number): number | null {
  const times = candidates(state, now)
    .filter((due) => due.kind !== 'breach')
    .filter((due) => due.kind !== 'timeout' || due.at > now || !isDeliveryOpen(state))
    .map((due) => due.at);
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * When the database alone must look again (epoch ms), or null: deadlines nobody is woken for, and the moment a message on
 * its way stops holding levels back.
 */
export function nextSweep(state: InquiryState, now: number): number | null {
  if (state.closedAt !== null) return null;
  const times: number[] = [];
  for (const obligation of state.obligations) {
    if (obligation.status !== 'running' && obligation.status !== 'breached_open') continue;
    const until = suspendedUntil(state, obligation);
    if (until !== null && until > now) times.push(until);
    // One millisecond later, because an answer exactly at the deadline is in time.
    else if (obligation.status === 'running' && obligation.deadline !== null) times.push(obligation.deadline + 1);
  }
  return times.length === 0 ? null : Math.min(...times);
}
