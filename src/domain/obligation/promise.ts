import type { Calendar } from '../calendar/types.js';
import type { ClockKind, Within } from '../definition/plan.js';
import { deadlineOf, elapsed, shift } from './clock.js';

/** What the deadline of an obligation comes from, whatever has happened to it meanwhile. Instants are epoch ms. */
export type Promised = {
  readonly clock: ClockKind;
  readonly startedAt: number;
  readonly within: Exclude<Within, { readonly platform: true }>;
  /** Time on its clock that had been used before `startedAt`, in the inquiry this one continues, in ms. */
  readonly used: number;
  readonly pauses: readonly { readonly from: number; readonly to: number | null }[];
};

/**
 * When an obligation is due (epoch ms), worked out from its start: the whole time, less what had been used before, with every
 * pause put on as the time its clock would have counted. Where more had been used than it has, nothing is left at its start.
 *
 * @param calendar the one it counts on; null on a wall clock, or where it is always open
 */
export function dueFromStart(promised: Promised, calendar: Calendar | null): number {
  const { clock, startedAt, within, used } = promised;
  const whole = deadlineOf(clock, calendar, startedAt, within);
  const paused = pausedTime(promised, calendar);
  if (used === 0) return paused === 0 ? whole : shift(clock, calendar, whole, paused);
  const left = Math.max(0, elapsed(clock, calendar, startedAt, whole) - used) + paused;
  return left === 0 ? startedAt : shift(clock, calendar, startedAt, left);
}

/** How long it did not count although its clock did, in ms; a pause that goes on counts as not begun. */
export function pausedTime({ clock, pauses }: Pick<Promised, 'clock' | 'pauses'>, calendar: Calendar | null): number {
  return pauses.reduce((sum, { from, to }) => sum + elapsed(clock, calendar, from, to ?? from), 0);
}

/** What an obligation has used of its time up to `until` (epoch ms), before its start included, in ms on its clock. */
export function timeUsed(
  { clock, startedAt, used, pauses }: Omit<Promised, 'within'>,
  calendar: Calendar | null,
  until: number,
): number {
  const ended = pauses.map(({ from, to }) => ({ from, to: to ?? until }));
  const counted = elapsed(clock, calendar, startedAt, until) - pausedTime({ clock, pauses: ended }, calendar);
  return used + Math.max(0, counted);
}
