import type { KeyedCalendar } from '../calendar/types.js';
import { addWorking, closing, isOpen, nextOpening } from '../calendar/working-time.js';
import { workingSpans } from '../roster/duty-spans.js';
import type { Roster } from '../roster/types.js';

/**
 * When somebody works for a queue: in their shifts of the queue's roster, or without one while its calendar is open. Every
 * instant is UTC epoch ms.
 */
export type WorkingHours = {
  readonly calendar: KeyedCalendar;
  readonly roster: Roster | null;
  /** Whose shifts count: the member's own, and those of absent members they stand in for. */
  readonly shiftsOf: readonly string[];
};

type DutyMember = { readonly id: string; readonly away: boolean; readonly substituteId: string | null };
type DutyQueue = Omit<WorkingHours, 'shiftsOf'> & { readonly members: readonly DutyMember[] };

/** How far ahead a next shift is looked for; whoever has none until then has none. */
const LOOK_AHEAD_MS = 64 * 86_400_000;

/** When a member works for a queue. */
export function hoursOf({ calendar, roster, members }: DutyQueue, memberId: string): WorkingHours {
  const absent = members.filter(({ away, substituteId }) => away && substituteId === memberId);
  return { calendar, roster, shiftsOf: [memberId, ...absent.map(({ id }) => id)] };
}

/** Whether these hours are worked at an instant. */
export function isWorked({ calendar, roster, shiftsOf }: WorkingHours, at: number): boolean {
  return roster === null ? isOpen(calendar, at) : workingSpans(roster, shiftsOf, at, at + 1).length > 0;
}

/** Whether a member is on duty: there, and in a shift. */
export function onDuty(queue: DutyQueue, member: DutyMember, now: number): boolean {
  return !member.away && isWorked(hoursOf(queue, member.id), now);
}

/** The end of the work that goes on at an instant; null when none does, or none is in sight. */
export function shiftEnd({ calendar, roster, shiftsOf }: WorkingHours, at: number): number | null {
  if (roster === null) return closing(calendar, at);
  const [span] = workingSpans(roster, shiftsOf, at, at + LOOK_AHEAD_MS);
  return span === undefined || span.from > at || span.to >= at + LOOK_AHEAD_MS ? null : span.to;
}

/** When the next work begins, later than `now`; null when none does, or what is worked now never ends. */
export function nextShiftStart({ calendar, roster, shiftsOf }: WorkingHours, now: number): number | null {
  if (roster === null) {
    if (!isOpen(calendar, now)) return nextOpening(calendar, now);
    const end = closing(calendar, now);
    return end === null ? null : nextOpening(calendar, end);
  }
  return workingSpans(roster, shiftsOf, now, now + LOOK_AHEAD_MS).find(({ from }) => from > now)?.from ?? null;
}

/**
 * Until when an offer of `ms` made at `now` stands: working time of the member's shift. With a roster it ends with the
 * shift at the latest, because others are there then; who is not at work has it from the beginning of their next shift on.
 */
export function offerEnd(hours: WorkingHours, now: number, ms: number): number {
  if (hours.roster === null) return addWorking(hours.calendar, now, ms);
  const begin = isWorked(hours, now) ? now : nextShiftStart(hours, now);
  if (begin === null) return now + ms;
  return Math.min(begin + ms, shiftEnd(hours, begin) ?? Infinity);
}

/**
 * Until when a lease of `ms` taken or renewed at `now` runs. Lease time is working time of the holder's shift, and the
 * shift's end ends it. Without a roster a lease taken outside opening hours begins with the next opening; with one it
 * simply runs, for others may be at work. Hours that are never worked must not stop the work either.
 *
 * @returns epoch ms, later than `now` for every positive `ms`
 */
export function leaseEnd(hours: WorkingHours, now: number, ms: number): number {
  const begin = isWorked(hours, now) || hours.roster !== null ? now : nextShiftStart(hours, now);
  if (begin === null) return now + ms;
  return Math.min(begin + ms, shiftEnd(hours, begin) ?? Infinity);
}

/** Whether what ended at an instant ended because the shift did. */
export function endsWithShift(hours: WorkingHours, until: number): boolean {
  return isWorked(hours, until - 1) && !isWorked(hours, until);
}
