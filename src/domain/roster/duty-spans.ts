import { closedSpans } from '../calendar/closed-spans.js';
import { parseDate, parseInterval } from '../calendar/days.js';
import { DAY_MS, PAGE_MS, readingsWithin, remembered, segmentsAround } from '../calendar/zone.js';
import type { Calendar, LocalInterval } from '../calendar/types.js';
import type { Span } from '../calendar/zone.js';
import { ruleDays } from './rule.js';
import { merged, without } from './span-sets.js';
import type { DutySpan, Roster, Shift, ShiftException } from './types.js';

/** The work that begins within 64 UTC days, and of each member the spans in which they work at all. */
type Page = { readonly duty: readonly DutySpan[]; readonly byMember: ReadonlyMap<string, readonly Span[]> };

/** No shift lasts longer, however clocks are changed: work that goes on at an instant began less than this before it. */
const LONGEST_MS = 3 * DAY_MS;

const pagesByRoster = new WeakMap<Roster, Map<number, Page>>();

/**
 * Who works when: every span of every member that touches `[from, to)`, whole, by its beginning. A member in two shifts at
 * once has a span of each.
 * @param roster validated; what has been worked out is remembered for this object
 * @param from UTC epoch ms
 * @param to UTC epoch ms
 */
export function dutySpans(roster: Roster, from: number, to: number): readonly DutySpan[] {
  return pagesFor(roster, from, to).flatMap(({ duty }) => duty.filter((span) => span.to > from && span.from < to));
}

/**
 * When somebody of a group works: spans that touch `[from, to)`, in order, none touching another. They are whole as far as
 * they do not run on beyond `to`.
 * @param members ids; the spans of all of them together
 */
export function workingSpans(roster: Roster, members: readonly string[], from: number, to: number): readonly Span[] {
  const spans = pagesFor(roster, from, to).flatMap(({ byMember }) => members.flatMap((id) => byMember.get(id) ?? []));
  return merged(spans).filter((span) => span.to > from && span.from < to);
}

/**
 * The end of somebody's work in which others who began later are there already and stay on: when tasks are handed over.
 * @returns its beginning (UTC epoch ms; it ends with the span) and the members who take over, or null
 */
export function handoverWindow(
  roster: Roster,
  span: DutySpan,
): { readonly from: number; readonly members: readonly string[] } | null {
  const next = dutySpans(roster, span.from, span.to).filter(
    (other) => other.memberId !== span.memberId && other.from > span.from && other.to > span.to,
  );
  const from = Math.min(...next.map((other) => other.from));
  return next.length === 0 ? null : { from, members: [...new Set(next.map(({ memberId }) => memberId))] };
}

function pagesFor(roster: Roster, from: number, to: number): readonly Page[] {
  let pages = pagesByRoster.get(roster);
  if (pages === undefined) {
    pages = new Map();
    pagesByRoster.set(roster, pages);
  }
  const first = Math.floor((from - LONGEST_MS) / PAGE_MS);
  const last = Math.floor((to - 1) / PAGE_MS);
  const found: Page[] = [];
  for (let index = first; index <= last; index += 1) {
    found.push(remembered(pages, index, (page) => computePage(roster, page)));
  }
  return found;
}

function computePage(roster: Roster, index: number): Page {
  const window = { from: index * PAGE_MS, to: (index + 1) * PAGE_MS };
  const duty = roster.spec.shifts
    .flatMap((shift) => dutyOf(roster, shift, window))
    .filter(({ from }) => from >= window.from && from < window.to)
    .sort((a, b) => a.from - b.from);
  const byMember = new Map(
    [...Map.groupBy(duty, ({ memberId }) => memberId)].map(([id, spans]) => [id, merged(spans)]),
  );
  return { duty, byMember };
}

function dutyOf(roster: Roster, shift: Shift, window: Span): readonly DutySpan[] {
  // A local date begins up to a day off the UTC one, and its work up to a day later.
  const first = Math.floor(window.from / DAY_MS) - 2;
  const last = Math.floor(window.to / DAY_MS) + 1;
  const exceptions = exceptionsOf(roster, shift);
  const days = new Set([...ruleDays(shift, first, last), ...exceptions.keys()]);
  const calendar = roster.calendars.find(({ key }) => key === shift.calendar);
  return [...days]
    .filter((day) => day >= first && day <= last)
    .flatMap((day) => {
      const exception = exceptions.get(day);
      const spans =
        exception === undefined
          ? cutByHolidays(spansOn(shift, day, [shift]), calendar)
          : spansOn(shift, day, exception.intervals);
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
      return workers(roster, shift, date).flatMap((memberId) =>
        spans.map((span) => ({ ...span, memberId, shift: shift.key, date })),
      );
    });
}

function exceptionsOf({ spec }: Roster, shift: Shift): ReadonlyMap<number, ShiftException> {
  const own = spec.exceptions.filter((exception) => exception.shift === shift.key);
  return new Map(own.map((exception) => [parseDate(exception.date) ?? NaN, exception]));
}

/** Local hours of a date as instants: an hour the clocks skip is missing, one they repeat is worked twice. */
function spansOn({ zone }: Shift, day: number, intervals: readonly LocalInterval[]): readonly Span[] {
  return merged(
    intervals.flatMap((interval) => {
      const hours = parseInterval(interval);
      if (hours === null) throw new RangeError(`Not an interval: ${interval.from} to ${interval.to}`);
      const local = { from: day * DAY_MS + hours.from, to: day * DAY_MS + hours.to };
      return segmentsAround(zone, local).flatMap((segment) => readingsWithin(segment, local) ?? []);
    }),
  );
}

/** On a special day of the calendar only its own hours are worked; ordinary days are not looked at. */
function cutByHolidays(spans: readonly Span[], calendar: Calendar | undefined): readonly Span[] {
  if (calendar === undefined) return spans;
  return spans.flatMap((span) => {
    const holidays = closedSpans(calendar, span.from, span.to).filter(({ name }) => name !== null);
    return without([span], holidays);
  });
}

function workers({ spec }: Roster, shift: Shift, date: string): readonly string[] {
  const swaps = spec.swaps.filter((swap) => swap.shift === shift.key && swap.date === date);
  const present = shift.members.map((id) => {
    const swap = swaps.find(({ member }) => member === id);
    return swap === undefined ? id : swap.by;
  });
  return [...new Set(present.filter((id) => id !== null))];
}
