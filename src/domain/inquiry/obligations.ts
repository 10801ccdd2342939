import type { Calendar } from '../calendar/types.js';
import type { Expression, ObligationPlan } from '../definition/plan.js';
import { elapsed, shift } from '../obligation/clock.js';
import { dueFromStart, pausedTime } from '../obligation/promise.js';
import type { Course } from './course.js';
import { replaceObligation } from './obligation-changes.js';
import { isOpenObligation } from './state.js';
import type { LevelState, ObligationState } from './state.js';

/** Life of an obligation: activated, paused and resumed, met, reopened, cancelled. Breaches and levels: `due.ts`. */

type Activation = {
  readonly name: string;
  readonly startedAt: number;
  readonly cause: string;
  /** The channel's own deadline, for targets of `platform`. */
  readonly platformDeadline?: number | null;
  /** Time already used on the obligation's clock in an earlier inquiry, in ms. */
  readonly used?: number;
};

/** Starts the next instance of an obligation of the plan; nothing happens where the plan has none or its `when` is false. */
export function activate(course: Course, activation: Activation): void {
  const plan = course.plan.obligations.find((candidate) => candidate.name === activation.name);
  if (!plan) return;
  const instance = 1 + course.state.obligations.filter((obligation) => obligation.name === plan.name).length;
  if (plan.when !== null && !course.test(plan.when)) {
    course.record('obligation.not_activated', { name: plan.name }, reason(course, plan.when));
    return;
  }
  const target = chooseTarget(course, plan);
  if (target === null) return;
  const { within } = target;
  const { startedAt, platformDeadline = null, used = 0 } = activation;
  const calendar = plan.clock === 'house' ? course.calendar(plan.calendar) : null;
  const deadline =
    'platform' in within
      ? platformDeadline
      : dueFromStart({ clock: plan.clock, startedAt, within, used, pauses: [] }, calendar);
  if (deadline === null) return;
  const obligation: ObligationState = {
    name: plan.name,
    instance,
    status: 'running',
    clock: plan.clock,
    calendar: calendar === null ? null : { key: calendar.key, version: calendar.version },
    startedAt,
    within,
    used,
    needs: plan.metBy,
    deadline,
    remaining: null,
    breachedAt: null,
    metAt: null,
    metBy: null,
    cause: activation.cause,
    chain: plan.escalate,
    levels: course.state.backfill ? [] : planLevels(course, plan, calendar, { startedAt, deadline }),
    pauses: [],
  };
  course.set({ obligations: [...course.state.obligations, obligation] });
  course.record(
    'obligation.activated',
    {
      name: plan.name,
      instance,
      startedAt: activation.startedAt,
      deadline,
      cause: activation.cause,
      needs: plan.metBy,
    },
    {
      ...(target.when === null ? {} : reason(course, target.when)),
      ...(obligation.calendar === null ? {} : { calendar: obligation.calendar }),
    },
  );
}

/** What a condition said, for the record. */
export function reason(
  course: Course,
  when: Expression,
): { expression: string; values: Readonly<Record<string, unknown>> } {
  return { expression: when.source, values: course.valuesOf(when) };
}

/** The first target whose condition is true; null when none is. */
export function chooseTarget(course: Course, plan: ObligationPlan): ObligationPlan['targets'][number] | null {
  return plan.targets.find((target) => target.when === null || course.test(target.when)) ?? null;
}

/** What levels hang on: instants in epoch ms, and how long it paused in between, in ms on its clock. */
type Anchors = { readonly startedAt: number; readonly deadline: number; readonly paused?: number };

/** The levels of an obligation as if none had fired: those that count from the start have not counted while it paused. */
export function planLevels(
  course: Course,
  plan: Pick<ObligationPlan, 'clock' | 'escalate'>,
  calendar: Calendar | null,
  { startedAt, deadline, paused = 0 }: Anchors,
): LevelState[] {
  const chain = plan.escalate === null ? [] : (course.plan.escalations[plan.escalate] ?? []);
  const windowUntil = chain.some((level) => level.anchor === 'window')
    ? course.facts.get('conversation').windowUntil
    : null;
  return chain.flatMap((level, index) => {
    const anchor = level.anchor === 'start' ? startedAt : level.anchor === 'deadline' ? deadline : windowUntil;
    if (anchor === null) return [];
    const offset = level.anchor === 'start' ? level.offsetMs + paused : level.offsetMs;
    const plannedAt = shift(plan.clock, calendar, anchor, offset);
    return [{ level: index + 1, plannedAt, state: 'pending' as const, firedAt: null, remaining: null }];
  });
}

/** The calendar an obligation counts on: the very version it was activated with. */
export function calendarOf(course: Course, obligation: ObligationState): Calendar | null {
  if (obligation.calendar === null) return null;
  return course.facts.get('calendar', `${obligation.calendar.key}@${obligation.calendar.version}`);
}

/** Ends an obligation as met at `at` (epoch ms): exactly at the deadline counts; an earlier proof withdraws a breach. */
export function meet(course: Course, obligation: ObligationState, at: number, by: string): void {
  if (!isOpenObligation(obligation)) return;
  const { deadline, breachedAt } = obligation;
  const inTime = deadline === null || at <= deadline;
  if (obligation.status === 'breached_open' && inTime) {
    course.record('obligation.breach_withdrawn', {
      name: obligation.name,
      instance: obligation.instance,
      evidenceAt: at,
    });
  } else if (breachedAt === null && !inTime) {
    course.record('obligation.breached', {
      name: obligation.name,
      instance: obligation.instance,
      deadline,
      breachedAt: deadline,
    });
  }
  replaceObligation(course, {
    ...closePause(obligation, at),
    status: inTime ? 'met' : 'breached_met',
    // What a later rule breached was breached when that rule came.
    breachedAt: inTime ? null : (breachedAt ?? deadline),
    metAt: at,
    metBy: by,
    levels: cancelPending(obligation.levels),
  });
  course.record('obligation.met', { name: obligation.name, instance: obligation.instance, metAt: at, by, inTime });
}

/** Ends obligations without anybody having met them. */
export function cancelObligation(course: Course, obligation: ObligationState, cause: string): void {
  if (!isOpenObligation(obligation)) return;
  replaceObligation(course, {
    ...closePause(obligation, course.now),
    status: 'cancelled',
    cause,
    levels: cancelPending(obligation.levels),
  });
  course.record('obligation.cancelled', { name: obligation.name, instance: obligation.instance, cause });
}

/** Takes back that a message met obligations: they run again from their original start. */
export function reopenMetBy(course: Course, send: string, cause: string): void {
  for (const ended of course.state.obligations) {
    if (ended.metBy !== send) continue;
    // It was met while it paused: the answer has ended the pause.
    const obligation = ended.deadline === null ? fromStart(course, ended) : ended;
    const late = obligation.deadline !== null && obligation.deadline <= course.now;
    replaceObligation(course, {
      ...obligation,
      status: late ? 'breached_open' : 'running',
      breachedAt: late ? (obligation.breachedAt ?? obligation.deadline) : null,
      metAt: null,
      metBy: null,
      cause,
      levels: obligation.levels.map((level) => (level.state === 'cancelled' ? { ...level, state: 'pending' } : level)),
    });
    course.record('obligation.reopened', { name: obligation.name, instance: obligation.instance, cause });
    if (late && obligation.breachedAt === null) {
      const { name, instance, deadline } = obligation;
      course.record('obligation.breached', { name, instance, deadline, breachedAt: deadline });
    }
  }
}

/** An obligation with its deadline, and the levels that have not fired, worked out anew from its start and its pauses. */
export function fromStart(course: Course, obligation: ObligationState): ObligationState {
  const { startedAt, within } = obligation;
  if ('platform' in within) return obligation;
  const calendar = calendarOf(course, obligation);
  const deadline = dueFromStart({ ...obligation, within }, calendar);
  const paused = pausedTime(obligation, calendar);
  const planned = planLevels(course, followed(obligation), calendar, { startedAt, deadline, paused });
  return { ...obligation, deadline, levels: obligation.levels.map((level) => replanned(level, planned)) };
}

/** The clock and the chain an obligation has, whatever its plan says by now. */
function followed({ clock, chain }: ObligationState): Pick<ObligationPlan, 'clock' | 'escalate'> {
  return { clock, escalate: chain };
}

function replanned(level: LevelState, planned: readonly LevelState[]): LevelState {
  const { plannedAt } = planned.find((other) => other.level === level.level) ?? level;
  return level.state === 'fired' ? level : { ...level, plannedAt };
}

/** Of two open instances of a name, as after a reopening, the earlier one stands for the later one too. */
export function keepEarliest(course: Course): void {
  const open = new Set<string>();
  for (const obligation of course.state.obligations.filter(isOpenObligation)) {
    if (open.has(obligation.name)) cancelObligation(course, obligation, 'earlier_reopened');
    open.add(obligation.name);
  }
}

function cancelPending(levels: readonly LevelState[]): LevelState[] {
  return levels.map((level) => (level.state === 'pending' ? { ...level, state: 'cancelled', remaining: null } : level));
}

function closePause(obligation: ObligationState, at: number): ObligationState {
  if (obligation.status !== 'paused') return obligation;
  const deadline = obligation.deadline;
  return { ...obligation, deadline, remaining: null, pauses: endPause(obligation, at) };
}

function endPause(obligation: ObligationState, at: number): ObligationState['pauses'] {
  return obligation.pauses.map((pause) => (pause.to === null ? { ...pause, to: Math.max(at, pause.from) } : pause));
}

/**
 * Pauses and resumes the house-clock obligations whose plan names what the inquiry waits for now. While a message that came back is
 * to be written again, nobody else is waited for.
 */
export function followPauses(course: Course): void {
  const waiting = course.state.tasks.some(({ kind }) => kind === 'rewrite') ? null : (course.state.wait?.as ?? null);
  for (const obligation of course.state.obligations) {
    const plan = course.plan.obligations.find((candidate) => candidate.name === obligation.name);
    if (!plan || obligation.clock !== 'house') continue;
    const shouldPause = waiting !== null && plan.pauseWhile.includes(waiting);
    if (obligation.status === 'running' && shouldPause) pause(course, obligation, waiting);
    if (obligation.status === 'paused' && !shouldPause) resume(course, obligation);
  }
}

function pause(course: Course, obligation: ObligationState, why: string): void {
  if (obligation.deadline === null || obligation.deadline <= course.now) return;
  const calendar = calendarOf(course, obligation);
  const left = (until: number): number => elapsed('house', calendar, course.now, until);
  replaceObligation(course, {
    ...obligation,
    status: 'paused',
    deadline: null,
    remaining: left(obligation.deadline),
    levels: obligation.levels.map((level) =>
      level.state === 'pending' && level.plannedAt > course.now && !hangsOnWindow(course, obligation, level)
        ? { ...level, remaining: left(level.plannedAt) }
        : level,
    ),
    pauses: [...obligation.pauses, { from: course.now, to: null, reason: why }],
  });
  course.record('obligation.paused', { name: obligation.name, instance: obligation.instance, reason: why });
}

/** The channel's window ends when it ends, whoever is waited for meanwhile. */
function hangsOnWindow({ plan }: Course, { chain }: ObligationState, { level }: LevelState): boolean {
  return plan.escalations[chain ?? '']?.[level - 1]?.anchor === 'window';
}

/** Ends a pause at the decision's instant: what was left then is left now. */
export function resume(course: Course, obligation: ObligationState): void {
  const calendar = calendarOf(course, obligation);
  const deadline = shift('house', calendar, course.now, obligation.remaining ?? 0);
  replaceObligation(course, {
    ...obligation,
    status: 'running',
    deadline,
    remaining: null,
    levels: obligation.levels.map((level) =>
      level.remaining === null
        ? level
        : { ...level, plannedAt: shift('house', calendar, course.now, level.remaining), remaining: null },
    ),
    pauses: endPause(obligation, course.now),
  });
  course.record('obligation.resumed', { name: obligation.name, instance: obligation.instance, deadline });
}
