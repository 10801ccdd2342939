import { addBusinessDays } from '../calendar/business-days.js';
import type { Calendar } from '../calendar/types.js';
import { addWorking, elapsedWorking } from '../calendar/working-time.js';
import type { ClockKind, Within } from '../definition/plan.js';

/**
 * The two clocks an obligation can run on. The wall clock counts every millisecond; the house clock counts working time
 * of a calendar. A house clock without a calendar counts like the wall.
 */

/** `at` moved by `ms` (signed) on the clock. */
export function shift(clock: ClockKind, calendar: Calendar | null, at: number, ms: number): number {
  return clock === 'wall' || calendar === null ? at + ms : addWorking(calendar, at, ms);
}

/** Time that passed on the clock between two instants, `a` ≤ `b`, in ms. */
export function elapsed(clock: ClockKind, calendar: Calendar | null, a: number, b: number): number {
  return clock === 'wall' || calendar === null ? b - a : elapsedWorking(calendar, a, b);
}

/**
 * When an obligation that started at `start` is due, in epoch ms. Business days need a calendar; without one a business
 * day is 24 hours.
 */
export function deadlineOf(
  clock: ClockKind,
  calendar: Calendar | null,
  start: number,
  within: Exclude<Within, { readonly platform: true }>,
): number {
  if ('ms' in within) return shift(clock, calendar, start, within.ms);
  return calendar === null
    ? start + within.businessDays * 86_400_000
    : addBusinessDays(calendar, start, within.businessDays);
}
