import { dayTable, exceptionName } from './days.js';
import { pageAt } from './open-spans.js';
import { DAY_MS, segmentAt } from './zone.js';
import type { DayTable } from './days.js';
import type { ClosedSpan, KeyedCalendar } from './types.js';

/**
 * The closed spans of `[a, b)` in order, for the ledger that accounts for every second of an obligation: together with
 * the open time they partition it. A span is cut at local midnight where the reason changes; its name is that of the
 * date's exception (also for the closed part of a half day), null outside the hours of an ordinary day.
 * @param a UTC epoch ms
 * @param b UTC epoch ms; nothing if at or before `a`
 */
export function closedSpans(calendar: KeyedCalendar, a: number, b: number): readonly ClosedSpan[] {
  const table = dayTable(calendar.spec);
  const closed: ClosedSpan[] = [];
  let cursor = a;
  while (cursor < b) {
    const page = pageAt(calendar.spec, cursor);
    const end = Math.min(b, page.to);
    for (const span of page.spans) {
      if (span.to <= cursor) continue;
      if (span.from >= end) break;
      appendClosed(closed, table, cursor, span.from);
      cursor = Math.min(end, span.to);
    }
    appendClosed(closed, table, cursor, end);
    cursor = end;
  }
  return closed;
}

function appendClosed(closed: ClosedSpan[], table: DayTable, from: number, to: number): void {
  let cursor = from;
  while (cursor < to) {
    const segment = segmentAt(table.zone, cursor);
    const epochDay = Math.floor((cursor + segment.offset) / DAY_MS);
    const end = Math.min(to, segment.to, (epochDay + 1) * DAY_MS - segment.offset);
    const name = exceptionName(table, epochDay);
    const last = closed.at(-1);
    if (last?.to === cursor && last.name === name) closed[closed.length - 1] = { from: last.from, to: end, name };
    else closed.push({ from: cursor, to: end, name });
    cursor = end;
  }
}
