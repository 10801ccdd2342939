/** Calendars as data. Every instant in the domain is a UTC epoch in whole milliseconds; local times exist only here. */

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * A half-open span of local wall time, `[from, to)`, each `HH:MM` (`24:00` allowed as an end). `to` at or before `from`
 * runs past midnight into the next day.
 */
export type LocalInterval = { readonly from: string; readonly to: string };

/** A date whose intervals replace the weekday's; none = closed all day. */
export type CalendarException = {
  /** `YYYY-MM-DD` in the calendar's zone. */
  readonly date: string;
  readonly name: string;
  readonly intervals: readonly LocalInterval[];
};

/** Who decides about a layer's days; what each may replace is in `layers.ts`. */
export type LayerKind = 'national' | 'state' | 'municipal' | 'optional' | 'house';

/** Days from one source, laid over the weekly hours: the holidays of a country, say, or those of a city. */
export type CalendarLayer = {
  readonly kind: LayerKind;
  /** Shown in `calendar.labels` beside the name of the day. */
  readonly name: string;
  /** First date it speaks for, `YYYY-MM-DD`; days before it are as if they were not listed. Absent = all. */
  readonly from?: string | null;
  /** Where the days come from, and what has to be confirmed: a law, a notice, a feed. */
  readonly source: string;
  readonly exceptions: readonly CalendarException[];
};

export type CalendarSpec = {
  /** IANA time zone, for example `America/Sao_Paulo`. */
  readonly zone: string;
  readonly week: Readonly<Partial<Record<Weekday, readonly LocalInterval[]>>>;
  /** In any order; a day in several of them follows the one that prevails. */
  readonly layers?: readonly CalendarLayer[];
  /** Days of the house itself; they prevail over every layer. */
  readonly exceptions: readonly CalendarException[];
};

/** One immutable version of a calendar. */
export type Calendar = { readonly key: string; readonly version: number; readonly spec: CalendarSpec };

/** What the calculus reads of a calendar; the version changes no result, so a draft without one can be asked too. */
export type KeyedCalendar = Pick<Calendar, 'key' | 'spec'>;

/** A span in which a calendar is closed, and why: the exception's name, or outside the weekly hours. */
export type ClosedSpan = { readonly from: number; readonly to: number; readonly name: string | null };
