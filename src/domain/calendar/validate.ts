import { parseDate, parseInterval, parseTime, weekdayIndex } from './days.js';
import { isInForce, layersInOrder } from './layers.js';
import { WEEKDAYS } from './types.js';
import { DAY_MS, isKnownZone } from './zone.js';
import type { CalendarSpec, LocalInterval } from './types.js';
import type { Span } from './zone.js';

export type CalendarProblemCode =
  | 'unknown_zone'
  | 'invalid_time'
  | 'empty_interval'
  | 'overlapping_intervals'
  | 'invalid_date'
  | 'duplicate_exception'
  | 'missing_name'
  | 'missing_source';

/** Why a calendar cannot be used, where, and what to write instead. */
export type CalendarProblem = {
  readonly code: CalendarProblemCode;
  /** JSON pointer into the spec, for example `/week/mon/0/to`. */
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
};

/** An interval with its place; ms after the midnight of the date it is compared on. */
type PlacedSpan = Span & { readonly pointer: string };

/** By the pointer of the interval at fault. */
type Overlaps = Map<string, CalendarProblem>;

/**
 * Every problem of a calendar of the right shape, none if it can be used: zone, times, dates, and intervals that overlap
 * each other, also over midnight into the next date. Whether it ever opens depends on the instant: `runsDryOn`.
 */
export function validateCalendar(spec: CalendarSpec): readonly CalendarProblem[] {
  const problems: CalendarProblem[] = isKnownZone(spec.zone) ? [] : [unknownZone(spec.zone)];
  problems.push(...layerProblems(spec));
  const week = WEEKDAYS.map((weekday) => readPlaced(spec.week[weekday] ?? [], `/week/${weekday}`, problems));
  const exceptions = readExceptions(spec, problems);
  const ordinary = (epochDay: number): readonly PlacedSpan[] => week[weekdayIndex(epochDay)] ?? [];
  const overlaps: Overlaps = new Map();
  week.forEach((own, index) => findOverlaps(own, pastMidnight(week.at(index - 1) ?? []), overlaps));
  for (const [epochDay, own] of exceptions) {
    findOverlaps(own, pastMidnight(exceptions.get(epochDay - 1) ?? ordinary(epochDay - 1)), overlaps);
    // An exception that runs into the hours of an ordinary date is itself at fault.
    if (!exceptions.has(epochDay + 1)) findOverlaps(pastMidnight(own), ordinary(epochDay + 1), overlaps);
  }
  return [...problems, ...overlaps.values()];
}

function layerProblems(spec: CalendarSpec): readonly CalendarProblem[] {
  return (spec.layers ?? []).flatMap(({ name, from = null, source }, index) => {
    const pointer = `/layers/${index}`;
    return [
      ...(name.trim() === '' ? [missingName(`${pointer}/name`, 'layer')] : []),
      ...(source.trim() === '' ? [missingSource(`${pointer}/source`)] : []),
      ...(from !== null && parseDate(from) === null ? [invalidDate(`${pointer}/from`, from)] : []),
    ];
  });
}

/** The days that prevail, by epoch day; each layer is judged by itself, also where another one replaces its day. */
function readExceptions(spec: CalendarSpec, problems: CalendarProblem[]): ReadonlyMap<number, readonly PlacedSpan[]> {
  const read = new Map<number, readonly PlacedSpan[]>();
  for (const layer of layersInOrder(spec)) {
    const mentioned = new Set<number>();
    layer.exceptions.forEach((exception, index) => {
      const pointer = `${layer.pointer}/${index}`;
      const epochDay = parseDate(exception.date);
      const own = readPlaced(exception.intervals, `${pointer}/intervals`, problems);
      if (exception.name.trim() === '') problems.push(missingName(`${pointer}/name`, 'exception'));
      if (epochDay === null) problems.push(invalidDate(`${pointer}/date`, exception.date));
      else if (mentioned.has(epochDay)) problems.push(duplicateException(`${pointer}/date`, exception.date));
      else {
        mentioned.add(epochDay);
        if (isInForce(layer, exception)) read.set(epochDay, own);
      }
    });
  }
  return read;
}

function readPlaced(
  intervals: readonly LocalInterval[],
  pointer: string,
  problems: CalendarProblem[],
): readonly PlacedSpan[] {
  return intervals.flatMap((interval, index) => {
    const place = `${pointer}/${index}`;
    const bad = (['from', 'to'] as const).filter((end) => parseTime(interval[end], end) === null);
    problems.push(...bad.map((end) => invalidTime(`${place}/${end}`, interval[end], end)));
    const span = parseInterval(interval);
    if (span === null) return [];
    if (interval.from === interval.to) {
      problems.push(emptyInterval(place, interval.from));
      return [];
    }
    return [{ ...span, pointer: place }];
  });
}

/** What runs into the next date, as ms after that date's midnight. */
function pastMidnight(spans: readonly PlacedSpan[]): readonly PlacedSpan[] {
  return spans.filter(({ to }) => to > DAY_MS).map(({ to, pointer }) => ({ from: 0, to: to - DAY_MS, pointer }));
}

/** Notes each of `own` that overlaps another of `own` or one of `others`, once. */
function findOverlaps(own: readonly PlacedSpan[], others: readonly PlacedSpan[], overlaps: Overlaps): void {
  const owned = new Set(own);
  const byBeginning = [...others, ...own].sort((a, b) => a.from - b.from);
  let furthest: PlacedSpan | undefined;
  for (const span of byBeginning) {
    if (furthest !== undefined && span.from < furthest.to) {
      const [faulty, clash] = owned.has(span) ? [span, furthest] : [furthest, span];
      const { pointer } = faulty;
      if (owned.has(faulty) && !overlaps.has(pointer)) overlaps.set(pointer, overlapping(pointer, clash.pointer));
    }
    if (furthest === undefined || span.to > furthest.to) furthest = span;
  }
}

function unknownZone(zone: string): CalendarProblem {
  return {
    code: 'unknown_zone',
    pointer: '/zone',
    message: `"${zone}" is not an IANA time zone`,
    remedy: 'Write a name such as America/Sao_Paulo or Asia/Shanghai; an offset such as -03:00 is not a zone',
  };
}

function invalidTime(pointer: string, text: string, end: 'from' | 'to'): CalendarProblem {
  return {
    code: 'invalid_time',
    pointer,
    message: `"${text}" is not a time at which an interval can ${end === 'from' ? 'begin' : 'end'}`,
    remedy: 'Write HH:MM from 00:00 to 23:59; an interval may also end at 24:00',
  };
}

function emptyInterval(pointer: string, time: string): CalendarProblem {
  return {
    code: 'empty_interval',
    pointer,
    message: `The interval begins and ends at ${time}`,
    remedy: 'Write 00:00 to 24:00 for a whole day, or remove the interval for none',
  };
}

function overlapping(pointer: string, other: string): CalendarProblem {
  return {
    code: 'overlapping_intervals',
    pointer,
    message: `The interval overlaps the one at ${other}, counted with its hours past midnight`,
    remedy: 'Join the two or move one; hours past midnight belong to the date on which they begin',
  };
}

function invalidDate(pointer: string, date: string): CalendarProblem {
  return {
    code: 'invalid_date',
    pointer,
    message: `"${date}" is not a date`,
    remedy: 'Write a date that exists as YYYY-MM-DD',
  };
}

function duplicateException(pointer: string, date: string): CalendarProblem {
  return {
    code: 'duplicate_exception',
    pointer,
    message: `${date} has an exception already in the same list`,
    remedy: 'Keep one exception for a date, with all its intervals',
  };
}

function missingName(pointer: string, of: 'exception' | 'layer'): CalendarProblem {
  return {
    code: 'missing_name',
    pointer,
    message: `The ${of} has no name`,
    remedy: 'Name it: ledgers and expressions show the name as the reason for the closed time',
  };
}

function missingSource(pointer: string): CalendarProblem {
  return {
    code: 'missing_source',
    pointer,
    message: 'The layer does not say where its days come from',
    remedy: 'Name the law, notice or feed, and what has to be confirmed: an auditor asks for it',
  };
}
