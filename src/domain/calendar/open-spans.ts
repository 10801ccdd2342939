import { dayTable, intervalsBeginningOn } from './days.js';
import { DAY_MS, PAGE_MS, readingsWithin, remembered, segmentsOfPage } from './zone.js';
import type { CalendarSpec } from './types.js';
import type { OffsetSegment, Span } from './zone.js';
import type { DayTable } from './days.js';

/** An open span and the open ms of its page before it, so that working time is a subtraction. */
export type OpenSpan = Span & { readonly before: number };

/** 64 UTC days of a calendar: `open` ms of them open. A span that goes on over an edge of the page is cut there. */
export type Page = Span & { readonly spans: readonly OpenSpan[]; readonly open: number };

const pagesBySpec = new WeakMap<CalendarSpec, Map<number, Page>>();

/**
 * The page that holds the instant `at`. A calendar is open exactly while the local clock reads inside one of its
 * intervals: an hour the clocks skip is missing, an hour they repeat counts twice.
 * @param spec a validated spec; pages are remembered for this object
 * @throws RangeError when `at` is not an instant or the spec is invalid
 */
export function pageAt(spec: CalendarSpec, at: number): Page {
  let pages = pagesBySpec.get(spec);
  if (pages === undefined) {
    pages = new Map();
    pagesBySpec.set(spec, pages);
  }
  return remembered(pages, Math.floor(at / PAGE_MS), (index) => computePage(dayTable(spec), index));
}

function computePage(table: DayTable, index: number): Page {
  const merged: { from: number; to: number }[] = [];
  for (const segment of segmentsOfPage(table.zone, index)) {
    for (const span of openReadings(table, segment)) {
      const last = merged.at(-1);
      if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
      else merged.push({ ...span });
    }
  }
  let open = 0;
  const spans = merged.map(({ from, to }) => {
    const before = open;
    open += to - from;
    return { from, to, before };
  });
  return { from: index * PAGE_MS, to: (index + 1) * PAGE_MS, spans, open };
}

/** Open spans of one offset segment by their beginning; they may touch or overlap. */
function openReadings(table: DayTable, segment: OffsetSegment): readonly Span[] {
  // The day before too: its last interval may run past midnight.
  const first = Math.floor((segment.from + segment.offset) / DAY_MS) - 1;
  const last = Math.floor((segment.to + segment.offset) / DAY_MS);
  const spans: Span[] = [];
  for (let epochDay = first; epochDay <= last; epochDay += 1) {
    for (const interval of intervalsBeginningOn(table, epochDay)) {
      const span = readingsWithin(segment, interval);
      if (span !== null) spans.push(span);
    }
  }
  return spans;
}

/** Open ms of the page before `at`. */
export function openBefore(page: Page, at: number): number {
  const span = spanBeginningBefore(page, at);
  return span === undefined ? 0 : span.before + Math.min(at, span.to) - span.from;
}

/** The first span of the page that ends after `at`: the one that is open at `at`, else the next. */
export function spanEndingAfter(page: Page, at: number): OpenSpan | undefined {
  return page.spans[countLeading(page.spans, ({ to }) => to <= at)];
}

/** The last span of the page that begins before `at`. */
export function spanBeginningBefore(page: Page, at: number): OpenSpan | undefined {
  return page.spans[countLeading(page.spans, ({ from }) => from < at) - 1];
}

/** The first instant of the page before which `open` ms of it, more than none, are open: rather an end than a beginning. */
export function firstInstantAfterOpen(page: Page, open: number): number {
  return instantIn(page.spans[countLeading(page.spans, ({ before }) => before < open) - 1], open);
}

/** The last instant of the page before which `open` ms of it, not all, are open: rather a beginning than an end. */
export function lastInstantAfterOpen(page: Page, open: number): number {
  return instantIn(page.spans[countLeading(page.spans, ({ before }) => before <= open) - 1], open);
}

function instantIn(span: OpenSpan | undefined, open: number): number {
  if (span === undefined) throw new RangeError(`The page has no ${open} open milliseconds`);
  return span.from + open - span.before;
}

/** How many leading spans satisfy `test`, by bisection: `test` must hold for a prefix and fail for the rest. */
function countLeading(spans: readonly OpenSpan[], test: (span: OpenSpan) => boolean): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (span !== undefined && test(span)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The open spans of `[from, to)` in order, none touching another, cut at its ends. */
export function openSpansBetween(spec: CalendarSpec, from: number, to: number): readonly Span[] {
  const spans: { from: number; to: number }[] = [];
  for (let page = pageAt(spec, from); page.from < to; page = pageAt(spec, page.to)) {
    for (const open of page.spans) {
      const span = { from: Math.max(from, open.from), to: Math.min(to, open.to) };
      const last = spans.at(-1);
      if (last?.to === span.from) last.to = span.to;
      else if (span.from < span.to) spans.push(span);
    }
  }
  return spans;
}
