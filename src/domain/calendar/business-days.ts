import { dayTable, intervalsBeginningOn } from './days.js';
import { nextOpening } from './working-time.js';
import { DAY_MS, firstInstantReaching, readingsWithin, segmentAt, segmentsAround } from './zone.js';
import type { DayTable } from './days.js';
import type { KeyedCalendar } from './types.js';
import type { Span } from './zone.js';

/**
 * The instant `n` business days after `start` (`3bd`; definition.md, section 2): a start outside hours first moves to the
 * next opening; every day with an opening counts; the result is the same local time on the n-th following such day, moved
 * to that day's opening if earlier and to its closing if later. It may lie in a break between two intervals.
 *
 * A closing time is outside hours. An interval belongs to the date it begins on, so 02:00 inside a Friday interval
 * 22:00–06:00 is Friday's 26:00 and one business day later is the 26:00 of the next such day. A local time that the
 * clocks skip is the instant they skip to; of a repeated one the first is meant.
 * @param start UTC epoch ms
 * @param n whole days, 0 or more; 0 is the start itself, moved to the next opening when outside hours
 * @returns UTC epoch ms
 * @throws RangeError when `n` is negative or not a whole number
 */
export function addBusinessDays(calendar: KeyedCalendar, start: number, n: number): number {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`Not a number of business days: ${n}`);
  const table = dayTable(calendar.spec);
  const opening = nextOpening(calendar, start);
  if (n === 0) return opening;
  const first = businessDayAt(table, opening);
  let day = first;
  for (let count = 0; count < n; count += 1) {
    day = businessDayAt(table, nextOpening(calendar, hoursOf(table, day).to));
  }
  const hours = hoursOf(table, day);
  const sameTime = firstInstantReaching(table.zone, localReading(table, opening) + (day - first) * DAY_MS);
  return Math.min(hours.to, Math.max(hours.from, sameTime));
}

function localReading(table: DayTable, at: number): number {
  return at + segmentAt(table.zone, at).offset;
}

/** The date on which the interval begins that holds the open instant `at`: its own date, else the one before. */
function businessDayAt(table: DayTable, at: number): number {
  const reading = localReading(table, at);
  const epochDay = Math.floor(reading / DAY_MS);
  const own = intervalsBeginningOn(table, epochDay).some(({ from, to }) => from <= reading && reading < to);
  return own ? epochDay : epochDay - 1;
}

/** Days whose hours are remembered per calendar; a deadline is rarely further away. */
const REMEMBERED_DAYS = 1_000;

const hoursByDay = new WeakMap<DayTable, Map<number, Span>>();

/** First opening and last closing of the intervals that begin on a business day. */
function hoursOf(table: DayTable, epochDay: number): Span {
  const days = hoursByDay.get(table) ?? new Map<number, Span>();
  hoursByDay.set(table, days);
  const known = days.get(epochDay);
  if (known !== undefined) return known;
  if (days.size >= REMEMBERED_DAYS) days.clear();
  const hours = findHours(table, epochDay);
  days.set(epochDay, hours);
  return hours;
}

function findHours(table: DayTable, epochDay: number): Span {
  const spans = intervalsBeginningOn(table, epochDay).flatMap((interval) =>
    segmentsAround(table.zone, interval).flatMap((segment) => readingsWithin(segment, interval) ?? []),
  );
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
}
