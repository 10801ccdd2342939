import ICAL from 'ical.js';
import type { CalendarException } from '../../domain/calendar/types.js';

/** First and last date to take, both included, `YYYY-MM-DD`. */
export type DateWindow = { readonly from: string; readonly until: string };

/** Why an event became no day. */
export type SkippedReason = 'cancelled' | 'not_whole_days' | 'no_date_in_window' | 'rule_unsupported';

export type SkippedEvent = { readonly uid: string; readonly name: string; readonly reason: SkippedReason };

export type ICalDays = { readonly days: readonly CalendarException[]; readonly skipped: readonly SkippedEvent[] };

/** The text is no iCalendar, or one that takes too long to read; the message is for whoever sent it. */
export class ICalError extends Error {}

/** The library's declaration of what it says about an occurrence leads nowhere. */
type Occurrence = { readonly item: ICAL.Event; readonly startDate: ICAL.Time; readonly endDate: ICAL.Time };

const MAX_EVENTS = 5_000;
/** Occurrences and dates looked at over the whole text; a daily rule of twenty-five years is as many. */
const MAX_STEPS = 10_000;
/** As many as a layer of a calendar may have. */
const MAX_DAYS = 1_500;
const MAX_NAME = 200;
const RULES: ReadonlySet<string> = new Set(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY']);

/**
 * The whole days of an iCalendar text (RFC 5545) as closed days, one a date, in order: each date an event covers, recurring ones
 * within the window; two events on one date give one day with both names. Events with a time of day are passed over, and so are
 * cancelled ones. `TRANSP` is not looked at: feeds of holidays mark them as transparent.
 *
 * @throws {ICalError} if the text cannot be read or has too much in it
 */
export function daysOfICal(text: string, window: DateWindow): ICalDays {
  const names = new Map<string, string[]>();
  const skipped: SkippedEvent[] = [];
  const budget = { steps: MAX_STEPS };
  for (const event of eventsOf(text)) {
    const name = nameOf(event);
    const dates = datesOf(event, window, budget);
    if (typeof dates === 'string') skipped.push({ uid: event.uid ?? '', name, reason: dates });
    else for (const date of dates) names.set(date, [...(names.get(date) ?? []), name]);
  }
  if (names.size > MAX_DAYS) throw new ICalError(`It has ${names.size} days; a layer may have ${MAX_DAYS}`);
  const days = [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, of]) => ({ date, name: [...new Set(of)].join(' / ').slice(0, MAX_NAME), intervals: [] }));
  return { days, skipped };
}

/** Events with what changes single occurrences of them (`RECURRENCE-ID`) attached. */
function eventsOf(text: string): readonly ICAL.Event[] {
  const components = read(text);
  if (components.length > MAX_EVENTS) throw new ICalError(`It has more than ${MAX_EVENTS} events`);
  const events = components.map(
    (component) => new ICAL.Event(withExistingDates(component), { strictExceptions: false, exceptions: [] }),
  );
  const [changes, whole] = [
    events.filter((event) => event.isRecurrenceException()),
    events.filter((event) => !event.isRecurrenceException()),
  ];
  for (const event of whole) {
    for (const change of changes) if (change.uid === event.uid && event.uid !== null) event.relateException(change);
  }
  return whole;
}

/** Parts of a rule that name days themselves. */
const DAY_PARTS = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'] as const;

/**
 * A component whose yearly rules name their day. A year without the date, as without 29 February, is passed over (RFC 5545,
 * 3.3.10); where only the beginning says which day is meant, the library takes the first of March instead.
 */
function withExistingDates(component: ICAL.Component): ICAL.Component {
  const start = component.getFirstPropertyValue('dtstart');
  if (!(start instanceof ICAL.Time) || start.day <= 28) return component;
  for (const property of component.getAllProperties('rrule')) {
    const rule = property.getFirstValue();
    if (!(rule instanceof ICAL.Recur) || rule.freq !== 'YEARLY') continue;
    if (DAY_PARTS.some((part) => rule.getComponent(part).length > 0)) continue;
    if (rule.getComponent('BYMONTH').length === 0) rule.setComponent('BYMONTH', [start.month]);
    rule.setComponent('BYMONTHDAY', [start.day]);
  }
  return component;
}

function read(text: string): readonly ICAL.Component[] {
  const begun = text.replace(/^\uFEFF/, '');
  if (!/^\s*BEGIN:/i.test(begun))
    throw new ICalError('It is no iCalendar text: it does not begin with BEGIN:VCALENDAR');
  try {
    const parsed = ICAL.parse(begun) as unknown[];
    const root = new ICAL.Component(parsed);
    if (root.name !== 'vcalendar') throw new Error(`it begins with ${root.name}`);
    return root.getAllSubcomponents('vevent');
  } catch (error) {
    throw new ICalError(`It is no iCalendar text: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nameOf(event: ICAL.Event): string {
  return (event.summary ?? '').trim().slice(0, MAX_NAME) || 'Feriado';
}

function datesOf(event: ICAL.Event, window: DateWindow, budget: { steps: number }): string[] | SkippedReason {
  try {
    if (isCancelled(event)) return 'cancelled';
    if (!event.startDate?.isDate) return 'not_whole_days';
    const frequencies = Object.keys(event.getRecurrenceTypes() as object);
    if (!frequencies.every((frequency) => RULES.has(frequency))) return 'rule_unsupported';
    const dates = [...occurrences(event, window, budget)].filter((date) => date >= window.from && date <= window.until);
    return dates.length === 0 ? 'no_date_in_window' : dates;
  } catch (error) {
    if (error instanceof ICalError) throw error;
    // The library throws for rules it cannot follow; one bad event does not spoil the others.
    return 'rule_unsupported';
  }
}

function* occurrences(event: ICAL.Event, window: DateWindow, budget: { steps: number }): Iterable<string> {
  if (!event.isRecurring()) {
    yield* covered(event.startDate, event.endDate, window, budget);
    return;
  }
  const iterator = event.iterator();
  for (
    let at = iterator.next();
    at !== undefined && at !== null && at.toString() <= window.until;
    at = iterator.next()
  ) {
    spend(budget);
    if (isLongOver(at, window)) continue;
    const { item, startDate, endDate } = event.getOccurrenceDetails(at) as Occurrence;
    if (!isCancelled(item)) yield* covered(startDate, endDate, window, budget);
  }
}

/** An occurrence that began so long before the window that no holiday reaches into it: its details need not be worked out. */
function isLongOver(at: ICAL.Time, window: DateWindow): boolean {
  return at.toString().slice(0, 10) < `${Number(window.from.slice(0, 4)) - 1}${window.from.slice(4)}`;
}

/** The end is not covered; an event without one lasts a day. */
function* covered(from: ICAL.Time, to: ICAL.Time, window: DateWindow, budget: { steps: number }): Iterable<string> {
  const date = from.clone();
  do {
    spend(budget);
    yield date.toString();
    date.adjust(1, 0, 0, 0);
  } while (date.compare(to) < 0 && date.toString() <= window.until);
}

function isCancelled(event: ICAL.Event): boolean {
  return String(event.component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';
}

function spend(budget: { steps: number }): void {
  budget.steps -= 1;
  if (budget.steps < 0) throw new ICalError('Its rules give too many days; choose a shorter window or a plainer feed');
}
