import { isInForce, layersInOrder } from './layers.js';
import { WEEKDAYS } from './types.js';
import { DAY_MS, readingsWithin, segmentAt, segmentsAround } from './zone.js';
import type { Span } from './zone.js';
import type { CalendarSpec, KeyedCalendar, LocalInterval } from './types.js';

const MINUTE_MS = 60_000;
const CLOCK_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What holds on a date instead of the weekday's hours. */
type SpecialDay = {
  readonly name: string;
  readonly intervals: readonly Span[];
  /** Names of every layer and exception that mentions the date, those that prevail last. */
  readonly labels: readonly string[];
};

/** A spec read once: intervals in ms after the midnight of the date they begin on, running past 24 h overnight. */
export type DayTable = {
  readonly zone: string;
  /** From Monday on. */
  readonly week: readonly (readonly Span[])[];
  readonly exceptions: ReadonlyMap<number, SpecialDay>;
  /** Whether so many dates in a row can be closed that it is worth looking. */
  readonly mayRunDry: boolean;
};

const tables = new WeakMap<CalendarSpec, DayTable>();

/**
 * Reads a clock time `HH:MM` as ms after midnight; `24:00` only as the end of an interval.
 * @returns null if it is not such a time
 */
export function parseTime(text: string, place: 'from' | 'to'): number | null {
  if (text === '24:00') return place === 'to' ? DAY_MS : null;
  const match = CLOCK_TIME.exec(text);
  return match === null ? null : (Number(match[1]) * 60 + Number(match[2])) * MINUTE_MS;
}

/**
 * Reads a date `YYYY-MM-DD` as an epoch day: days since 1 January 1970, without any zone.
 * @returns null if there is no such date
 */
export function parseDate(text: string): number | null {
  if (!DATE.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Some engines roll 30 February over into March instead of refusing it.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : ms / DAY_MS;
}

/** Place of an epoch day in the week, 0 = Monday; 1 January 1970 was a Thursday. */
export function weekdayIndex(epochDay: number): number {
  return (((epochDay + 3) % 7) + 7) % 7;
}

/**
 * An interval as ms after the midnight of its date. An end at or before the beginning is on the next day.
 * @returns null if a time is unreadable
 */
export function parseInterval(interval: LocalInterval): Span | null {
  const from = parseTime(interval.from, 'from');
  const to = parseTime(interval.to, 'to');
  if (from === null || to === null) return null;
  return { from, to: to <= from ? to + DAY_MS : to };
}

/**
 * The table of a spec, read once per spec object.
 * @throws RangeError for a time or date that `validateCalendar` refuses
 */
export function dayTable(spec: CalendarSpec): DayTable {
  const known = tables.get(spec);
  if (known !== undefined) return known;
  const week = WEEKDAYS.map((weekday) => readIntervals(spec.week[weekday] ?? []));
  const exceptions = readExceptions(spec);
  const mayRunDry = week.every((intervals) => intervals.length === 0) || areDense([...exceptions.keys()]);
  const table: DayTable = { zone: spec.zone, week, exceptions, mayRunDry };
  tables.set(spec, table);
  return table;
}

function readExceptions(spec: CalendarSpec): DayTable['exceptions'] {
  const read = new Map<number, SpecialDay>();
  for (const layer of layersInOrder(spec)) {
    for (const exception of layer.exceptions.filter((candidate) => isInForce(layer, candidate))) {
      const { date, name, intervals } = exception;
      const epochDay = parseDate(date);
      if (epochDay === null) throw new RangeError(`Not a date: ${date}`);
      const below = read.get(epochDay)?.labels ?? [];
      const names = layer.name === null ? [name] : [layer.name, name];
      const labels = [...new Set([...below, ...names])];
      read.set(epochDay, { name, intervals: readIntervals(intervals), labels });
    }
  }
  return read;
}

function readIntervals(intervals: readonly LocalInterval[]): readonly Span[] {
  const spans = intervals.map((interval) => {
    const span = parseInterval(interval);
    if (span === null) throw new RangeError(`Not an interval: ${interval.from} to ${interval.to}`);
    return span;
  });
  return spans.sort((a, b) => a.from - b.from);
}

/**
 * The intervals that begin on a date, as local readings (ms, as if UTC), by their beginning. An exception replaces those
 * of the weekday; an interval that began on the day before and runs past midnight belongs to that day and stays. A date on
 * which the calendar has run dry is open all day: a clock that never ran again would keep a duty from ever being due.
 */
export function intervalsBeginningOn(table: DayTable, epochDay: number): readonly Span[] {
  return isDry(table, epochDay)
    ? [{ from: epochDay * DAY_MS, to: (epochDay + 1) * DAY_MS }]
    : listedOn(table, epochDay);
}

function listedOn(table: DayTable, epochDay: number): readonly Span[] {
  const intervals = table.exceptions.get(epochDay)?.intervals ?? table.week[weekdayIndex(epochDay)] ?? [];
  const midnight = epochDay * DAY_MS;
  return intervals.map(({ from, to }) => ({ from: midnight + from, to: midnight + to }));
}

/** Of more closed dates in a row a calendar means none: it has run dry. */
export const MAX_CLOSED_DATES = 400;

/**
 * The first date, from the one of `at` on, on which a calendar has run dry: it and the closed dates around it are more than
 * 400. No calendar that runs dry later on is taken (`calendar_never_opens`; definition.md, section 7).
 * @param at UTC epoch ms
 * @returns `YYYY-MM-DD` in the calendar's zone, or null if it opens again and again
 */
export function runsDryOn({ spec }: KeyedCalendar, at: number): string | null {
  const table = dayTable(spec);
  const today = localDayAt(spec.zone, at);
  // The week repeats itself: only its own emptiness, or exceptions, close so many dates.
  const days = [...table.exceptions.keys()].flatMap((epochDay) => [epochDay, epochDay + 1]);
  const ahead = [today, ...days.filter((epochDay) => epochDay > today).sort((a, b) => a - b)];
  const first = ahead.find((epochDay) => isDry(table, epochDay));
  return first === undefined ? null : new Date(first * DAY_MS).toISOString().slice(0, 10);
}

function isDry(table: DayTable, epochDay: number): boolean {
  if (!table.mayRunDry || hasHours(table, epochDay)) return false;
  const after = closedInARow(table, epochDay, 1);
  return 1 + after + closedInARow(table, epochDay, -1) > MAX_CLOSED_DATES;
}

/** A weekday comes 57 times in 400 dates and one; the clocks skip its hours on few of them, exceptions have to close the others. */
const CLOSING_MOST = 50;

/** Whether somewhere so many dates are exceptions that a calendar with hours in its week might run dry. */
function areDense(epochDays: readonly number[]): boolean {
  const sorted = epochDays.toSorted((a, b) => a - b);
  return sorted.some((first, index) => (sorted[index + CLOSING_MOST - 1] ?? Infinity) - first <= MAX_CLOSED_DATES);
}

/** How many dates next to one are closed, in one direction; more than 400 are not counted. */
function closedInARow(table: DayTable, epochDay: number, direction: 1 | -1): number {
  let closed = 0;
  while (closed < MAX_CLOSED_DATES && !hasHours(table, epochDay + direction * (closed + 1))) closed += 1;
  return closed;
}

/** Whether some instant of a date is open; an interval that the clocks skip has none. */
function hasHours(table: DayTable, epochDay: number): boolean {
  return listedOn(table, epochDay).some((interval) =>
    segmentsAround(table.zone, interval).some((segment) => readingsWithin(segment, interval) !== null),
  );
}

/** Name of the exception of a date, or null. */
export function exceptionName(table: DayTable, epochDay: number): string | null {
  return table.exceptions.get(epochDay)?.name ?? null;
}

/** The local date of an instant as an epoch day. */
export function localDayAt(zone: string, at: number): number {
  return Math.floor((at + segmentAt(zone, at).offset) / DAY_MS);
}

/**
 * Names of the layers and exceptions that mention the local date of `at` (`calendar.labels` of an expression; definition.md,
 * section 5), each once, those that prevail last; none on an ordinary day.
 * @param at UTC epoch ms
 */
export function labels(calendar: KeyedCalendar, at: number): readonly string[] {
  const table = dayTable(calendar.spec);
  return table.exceptions.get(localDayAt(table.zone, at))?.labels ?? [];
}
