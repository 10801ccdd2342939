import { MAX_CLOSED_DATES } from './days.js';
import {
  firstInstantAfterOpen,
  lastInstantAfterOpen,
  openBefore,
  pageAt,
  spanBeginningBefore,
  spanEndingAfter,
} from './open-spans.js';
import { DAY_MS } from './zone.js';
import type { KeyedCalendar } from './types.js';

/** No duty runs for a century: working time that would end later, for being sparse, ends then. */
const MAX_REACH_MS = 36_525 * DAY_MS;

/** An open span of a calendar that lasts longer has no end in sight. */
const MAX_OPEN_MS = MAX_CLOSED_DATES * DAY_MS;

/**
 * Whether the calendar is open at an instant; a closing time itself is closed.
 * @param at UTC epoch ms
 */
export function isOpen(calendar: KeyedCalendar, at: number): boolean {
  const span = spanEndingAfter(pageAt(calendar.spec, at), at);
  return span !== undefined && span.from <= at;
}

/**
 * The first open instant from `at` on, `at` itself when open. There is one: a calendar that runs dry counts as open.
 * @param at UTC epoch ms
 */
export function nextOpening({ spec }: KeyedCalendar, at: number): number {
  let page = pageAt(spec, at);
  let span = spanEndingAfter(page, at);
  while (span === undefined) {
    page = pageAt(spec, page.to);
    span = spanEndingAfter(page, at);
  }
  return Math.max(at, span.from);
}

/**
 * The end of the open span that holds `at`; intervals that touch, also over midnight, are one span.
 * @param at UTC epoch ms
 * @returns UTC epoch ms, or null if the calendar is closed at `at` or stays open for more than 400 days
 */
export function closing(calendar: KeyedCalendar, at: number): number | null {
  if (!isOpen(calendar, at)) return null;
  const limit = at + MAX_OPEN_MS;
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
function previousClosing({ spec }: KeyedCalendar, at: number): number {
  let page = pageAt(spec, at);
  let span = spanBeginningBefore(page, at);
  while (span === undefined) {
    page = pageAt(spec, page.from - 1);
    span = spanBeginningBefore(page, at);
  }
  return Math.min(at, span.to);
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
 * @returns UTC epoch ms, a century away at most
 * @throws RangeError when `ms` is not a whole number
 */
export function addWorking(calendar: KeyedCalendar, start: number, ms: number): number {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`Not whole milliseconds: ${ms}`);
  if (ms > 0) return forward(calendar, start, ms);
  if (ms < 0) return backward(calendar, start, -ms);
  return previousClosing(calendar, start) === start ? start : nextOpening(calendar, start);
}

function forward(calendar: KeyedCalendar, start: number, ms: number): number {
  const furthest = start + MAX_REACH_MS;
  let cursor = start;
  let left = ms;
  while (cursor < furthest) {
    const opening = nextOpening(calendar, cursor);
    const page = pageAt(calendar.spec, opening);
    const used = openBefore(page, opening);
    if (left <= page.open - used) return Math.min(furthest, firstInstantAfterOpen(page, used + left));
    left -= page.open - used;
    cursor = page.to;
  }
  return furthest;
}

function backward(calendar: KeyedCalendar, start: number, ms: number): number {
  const furthest = start - MAX_REACH_MS;
  let cursor = start;
  let left = ms;
  while (cursor > furthest) {
    const end = previousClosing(calendar, cursor);
    // An end at the edge of a page belongs to the page before it.
    const page = pageAt(calendar.spec, end - 1);
    const available = openBefore(page, end);
    if (left <= available) return Math.max(furthest, lastInstantAfterOpen(page, available - left));
    left -= available;
    cursor = page.from;
  }
  return furthest;
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
