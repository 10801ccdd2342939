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

export type CalendarSpec = {
  /** IANA time zone, for example `America/Sao_Paulo`. */
  readonly zone: string;
  readonly week: Readonly<Partial<Record<Weekday, readonly LocalInterval[]>>>;
  readonly exceptions: readonly CalendarException[];
};

/** One immutable version of a calendar. */
export type Calendar = { readonly key: string; readonly version: number; readonly spec: CalendarSpec };

/** What the calculus reads of a calendar; the version changes no result, so a draft without one can be asked too. */
export type KeyedCalendar = Pick<Calendar, 'key' | 'spec'>;

/** A span in which a calendar is closed, and why: the exception's name, or outside the weekly hours. */
export type ClosedSpan = { readonly from: number; readonly to: number; readonly name: string | null };
