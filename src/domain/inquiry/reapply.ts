import type { Calendar } from '../calendar/types.js';
import type { LevelPlan } from '../definition/plan.js';
import { shift } from '../obligation/clock.js';
import { dueFromStart, pausedTime } from '../obligation/promise.js';
import type { Course } from './course.js';
import type { CalendarChangedEvent } from './events.js';
import { retarget } from './obligation-changes.js';
import type { LevelState, ObligationState } from './state.js';

/**
 * Whether an obligation would be moved by a newer version of its calendar: it runs on it, on an older version, and is not due
 * yet. A paused one has no deadline to move and goes on with the version it began with; a breached one stays what it is.
 */
export function isMovable(
  obligation: ObligationState,
  calendar: { readonly key: string; readonly version: number },
  now: number,
): boolean {
  return (
    obligation.status === 'running' &&
    obligation.clock === 'house' &&
    obligation.calendar?.key === calendar.key &&
    obligation.calendar.version !== calendar.version &&
    obligation.deadline !== null &&
    obligation.deadline > now
  );
}

/**
 * The deadline of a movable obligation on another version of its calendar (epoch ms): the same target from the original start,
 * with every pause kept as the working time it was on that calendar.
 */
export function movedDeadline(obligation: ObligationState, next: Calendar): number {
  const { within } = obligation;
  if ('platform' in within) throw new RangeError('Only a house clock can be moved');
  return dueFromStart({ ...obligation, within }, next);
}

/** Puts the obligations that the event names, as far as they are movable still, onto its version of the calendar. */
export function applyCalendar(course: Course, { key, version, obligations }: CalendarChangedEvent): void {
  const isNamed = ({ name, instance }: ObligationState): boolean =>
    obligations.some((one) => one.name === name && one.instance === instance);
  for (const obligation of course.state.obligations) {
    if (!isNamed(obligation) || !isMovable(obligation, { key, version }, course.now)) continue;
    const next = course.facts.get('calendar', `${key}@${version}`);
    if (next === null) continue;
    const deadline = movedDeadline(obligation, next);
    const chain = obligation.chain === null ? [] : (course.plan.escalations[obligation.chain] ?? []);
    retarget(
      course,
      { ...obligation, calendar: { key, version } },
      { deadline, plannedAt: (level) => movedLevel(chain[level.level - 1], level, { obligation, next, deadline }) },
      { calendar: { key, version } },
    );
  }
}

/** When a level is due on the new calendar; one that hangs on the channel's window stays. */
function movedLevel(
  plan: LevelPlan | undefined,
  level: LevelState,
  { obligation, next, deadline }: { obligation: ObligationState; next: Calendar; deadline: number },
): number {
  if (plan?.anchor === 'deadline') return shift('house', next, deadline, plan.offsetMs);
  if (plan?.anchor !== 'start') return level.plannedAt;
  return shift('house', next, obligation.startedAt, plan.offsetMs + pausedTime(obligation, next));
}
