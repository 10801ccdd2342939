import type { Calendar } from '../../domain/calendar/types.js';
import type { QueueFacts } from '../../domain/inquiry/facts.js';
import type { Roster } from '../../domain/roster/types.js';
import type { Tx } from '../../platform/database/index.js';
import type { RosterRef } from '../roster/index.js';
import { ALWAYS_OPEN } from './queue-facts.js';
import type { HoursStores } from './queue-facts.js';

/** A version of a calendar in place of the calendar itself: versions are kept anyway. */
export type CalendarRef = { readonly calendarRef: { readonly key: string; readonly version: number } };

/** A queue as decisions record it: calendar and roster by their versions. */
export type RecordedQueue = Omit<QueueFacts, 'calendar' | 'roster'> & {
  readonly calendar: CalendarRef;
  readonly roster: { readonly rosterRef: RosterRef } | null;
};

/** What is recorded of a calendar. */
export function calendarRef({ key, version }: Calendar): CalendarRef {
  return { calendarRef: { key, version } };
}

/** What is recorded of a queue. */
export function recordedQueue(queue: QueueFacts): RecordedQueue {
  return { ...queue, calendar: calendarRef(queue.calendar), roster: rosterRef(queue.roster) };
}

/** The queue as it was when it was recorded. */
export async function wholeQueue(
  tx: Tx,
  { calendars, rosters }: HoursStores,
  { calendar, roster, ...queue }: RecordedQueue,
): Promise<QueueFacts> {
  const { key, version } = calendar.calendarRef;
  return {
    ...queue,
    calendar: (await calendars.version(tx, key, version)) ?? ALWAYS_OPEN,
    roster: roster === null ? null : await rosters.version(tx, roster.rosterRef),
  };
}

function rosterRef(roster: Roster | null): RecordedQueue['roster'] {
  if (roster === null) return null;
  const calendars = roster.calendars.map(({ key, version }) => ({ key, version }));
  return { rosterRef: { key: roster.key, version: roster.version, calendars } };
}
