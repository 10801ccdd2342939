import { closedSpans } from '../calendar/closed-spans.js';
import { openSpansBetween } from '../calendar/open-spans.js';
import type { Calendar } from '../calendar/types.js';
import type { Span } from '../calendar/zone.js';
import { workingSpans } from './duty-spans.js';
import { without } from './span-sets.js';
import type { Roster } from './types.js';

/** A queue as far as its hours matter. */
export type StaffedQueue = {
  /** When the queue is to be answered. */
  readonly calendar: Calendar;
  /** Who works when; null = its members work whenever the calendar is open. */
  readonly roster: Roster | null;
  readonly members: readonly { readonly id: string; readonly languages: readonly string[] }[];
};

/** Hours in which a queue is to be answered and nobody is there, and the holidays that lie in them. */
export type Gap = Span & { readonly holidays: readonly string[] };

/** Whether somebody answers in a language; who names none answers in all. Regions do not matter: `pt-BR` is answered by `pt-PT`. */
export function speaks(languages: readonly string[], language: string): boolean {
  const base = language.split('-')[0];
  return languages.length === 0 || languages.some((known) => known.split('-')[0] === base);
}

/**
 * When some of a queue's members are on duty in `[from, to)`, presence apart: in order, none touching another. Spans of a
 * roster may run on beyond the ends.
 * @param language only members who answer in it; null = all
 */
export function coveredSpans(queue: StaffedQueue, language: string | null, from: number, to: number): readonly Span[] {
  const members = queue.members.filter(({ languages }) => language === null || speaks(languages, language));
  if (members.length === 0) return [];
  if (queue.roster === null) return openSpansBetween(queue.calendar.spec, from, to);
  return workingSpans(
    queue.roster,
    members.map(({ id }) => id),
    from,
    to,
  );
}

/** Hours of `[from, to)` in which a queue's calendar is open and nobody (who answers in the language) is on duty. */
export function uncoveredSpans(queue: StaffedQueue, language: string | null, from: number, to: number): readonly Gap[] {
  const needed = openSpansBetween(queue.calendar.spec, from, to);
  const gaps = without(needed, coveredSpans(queue, language, from, to));
  return gaps.map((gap) => ({ ...gap, holidays: holidaysIn(queue, gap) }));
}

function holidaysIn({ roster }: StaffedQueue, gap: Span): readonly string[] {
  const names = (roster?.calendars ?? []).flatMap((calendar) =>
    closedSpans(calendar, gap.from, gap.to).flatMap(({ name }) => name ?? []),
  );
  return [...new Set(names)];
}

/** A span as people of a zone would say it, with the zone: `24 Dec 2026, 13:00 – 22:00 (America/Sao_Paulo)`. */
export function localSpan({ from, to }: Span, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
  return `${format.formatRange(from, to)} (${zone})`;
}
