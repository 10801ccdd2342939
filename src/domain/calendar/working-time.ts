import {
  firstInstantAfterOpen,
  lastInstantAfterOpen,
  openBefore,
  pageAt,
  spanBeginningBefore,
  spanEndingAfter,
} from './open-spans.js';
import { DAY_MS } from './zone.js';
import type { CalendarSpec, KeyedCalendar } from './types.js';

/** A calendar closed for longer is refused when a definition is published (`calendar_never_opens`). */
export const MAX_CLOSED_DAYS = 400;

/** No duty runs for a century: such a duration is a defect, and working it out would take minutes. */
const MAX_REACH_MS = 36_525 * DAY_MS;

/** Working time was asked of a calendar that is closed for more than 400 days from `at`, later or earlier. */
export class CalendarNeverOpens extends Error {
  /** @param at UTC epoch ms from which no opening was found */
  constructor(
    readonly calendarKey: string,
    readonly at: number,
    direction: 'after' | 'before',
  ) {
    super(
      `Calendar "${calendarKey}" has no opening in the ${MAX_CLOSED_DAYS} days ${direction} ${new Date(at).toISOString()}`,
    );
    this.name = 'CalendarNeverOpens';
  }
}

/**
 * Whether the calendar is open at an instant; a closing time itself is closed.
 * @param at UTC epoch ms
 */
export function isOpen(calendar: KeyedCalendar, at: number): boolean {
  const span = spanEndingAfter(pageAt(calendar.spec, at), at);
  return span !== undefined && span.from <= at;
}

/**
 * The first open instant from `at` on, `at` itself when open.
 * @param at UTC epoch ms
 * @returns UTC epoch ms, or null if there is none within 400 days of 24 h
 */
export function nextOpening(calendar: KeyedCalendar, at: number): number | null {
  return openingWithin(calendar.spec, at, MAX_CLOSED_DAYS);
}

/**
 * Whether the calendar is open at some instant from `fromMs` to `days` days of 24 h later: false is the lint error
 * `calendar_never_opens` (definition.md, section 7).
 * @param fromMs UTC epoch ms
 */
export function opensWithin(calendar: KeyedCalendar, fromMs: number, days: number = MAX_CLOSED_DAYS): boolean {
  return openingWithin(calendar.spec, fromMs, days) !== null;
}

function openingWithin(spec: CalendarSpec, at: number, days: number): number | null {
  const limit = at + days * DAY_MS;
  for (let page = pageAt(spec, at); page.from <= limit; page = pageAt(spec, page.to)) {
    const span = spanEndingAfter(page, at);
    if (span === undefined) continue;
    const opening = Math.max(at, span.from);
    return opening <= limit ? opening : null;
  }
  return null;
}

/**
 * The end of the open span that holds `at`; intervals that touch, also over midnight, are one span.
 * @param at UTC epoch ms
 * @returns UTC epoch ms, or null if the calendar is closed at `at` or stays open for more than 400 days
 */
export function closing(calendar: KeyedCalendar, at: number): number | null {
  if (!isOpen(calendar, at)) return null;
  const limit = at + MAX_CLOSED_DAYS * DAY_MS;
  let end = at;
  for (let page = pageAt(calendar.spec, at); end <= limit; page = pageAt(calendar.spec, page.to)) {
    const span = spanEndingAfter(page, end);
    if (span === undefined || span.from > end) return end;
    end = span.to;
    if (end < page.to) break;
  }
  return end <= limit ? end : null;
}

/** The last instant up to `at` that is open or a closing time: the mirror of `nextOpening`. */
function previousClosing(spec: CalendarSpec, at: number): number | null {
  const limit = at - MAX_CLOSED_DAYS * DAY_MS;
  for (let page = pageAt(spec, at); page.to >= limit; page = pageAt(spec, page.from - 1)) {
    const span = spanBeginningBefore(page, at);
    if (span === undefined) continue;
    const end = Math.min(at, span.to);
    return end >= limit ? end : null;
  }
  return null;
}

/**
 * The instant at which `ms` of working time after `start` have passed (features.md, section 5.2).
 *
 * A start outside hours moves to the next opening; time used up exactly at a closing time ends there. With 0 ms an open
 * instant and a closing time stay, any other closed instant moves to the next opening. Negative ms go back, as a mirror:
 * a start outside hours moves to the closing before it, and time used up exactly at an opening ends there; so
 * `addWorking(addWorking(s, d), -d)` is `s` again for every open `s`.
 * @param start UTC epoch ms
 * @param ms whole working ms, of either sign
 * @returns UTC epoch ms
 * @throws CalendarNeverOpens when more than 400 days without an opening lie on the way
 * @throws RangeError when `ms` is not a whole number or ends more than a century away
 */
export function addWorking(calendar: KeyedCalendar, start: number, ms: number): number {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`Not whole milliseconds: ${ms}`);
  if (ms > 0) return forward(calendar, start, ms);
  if (ms < 0) return backward(calendar, start, -ms);
  return previousClosing(calendar.spec, start) === start ? start : openingOrThrow(calendar, start);
}

/**
 * The next opening from `at` on, for callers that cannot go on without one.
 * @throws CalendarNeverOpens when there is none within 400 days
 */
export function openingOrThrow(calendar: KeyedCalendar, at: number): number {
  const opening = nextOpening(calendar, at);
  if (opening === null) throw new CalendarNeverOpens(calendar.key, at, 'after');
  return opening;
}

function forward(calendar: KeyedCalendar, start: number, ms: number): number {
  let cursor = start;
  let left = ms;
  for (;;) {
    const opening = openingOrThrow(calendar, cursor);
    refuseBeyondReach(start, opening);
    const page = pageAt(calendar.spec, opening);
    const used = openBefore(page, opening);
    if (left <= page.open - used) return firstInstantAfterOpen(page, used + left);
    left -= page.open - used;
    // From the last closing, not from the edge of the page: the 400 days count without an opening.
    cursor = page.spans.at(-1)?.to ?? page.to;
  }
}

function backward(calendar: KeyedCalendar, start: number, ms: number): number {
  let cursor = start;
  let left = ms;
  for (;;) {
    const end = previousClosing(calendar.spec, cursor);
    if (end === null) throw new CalendarNeverOpens(calendar.key, cursor, 'before');
    refuseBeyondReach(start, end);
    // An end at the edge of a page belongs to the page before it.
    const page = pageAt(calendar.spec, end - 1);
    const available = openBefore(page, end);
    if (left <= available) return lastInstantAfterOpen(page, available - left);
    left -= available;
    cursor = page.spans[0]?.from ?? page.from;
  }
}

function refuseBeyondReach(start: number, at: number): void {
  if (Math.abs(at - start) > MAX_REACH_MS) throw new RangeError('Working time ends more than a century away');
}

/**
 * Working time between two instants, in ms; negative when `b` is before `a`.
 * `elapsedWorking(a, addWorking(a, d)) = d`, and it is additive: a→b plus b→c is a→c.
 * @param a UTC epoch ms
 * @param b UTC epoch ms
 */
export function elapsedWorking(calendar: KeyedCalendar, a: number, b: number): number {
  if (b < a) return 0 - elapsedWorking(calendar, b, a);
  let page = pageAt(calendar.spec, a);
  let open = 0 - openBefore(page, a);
  while (page.to <= b) {
    open += page.open;
    page = pageAt(calendar.spec, page.to);
  }
  return open + openBefore(page, b);
}
