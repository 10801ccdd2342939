import type { Calendar, LocalInterval } from '../calendar/types.js';
import type { Span } from '../calendar/zone.js';

/** Rosters as data: who works when. Local times and dates are those of each shift's own zone. */

/** Work that comes back by a rule: on each of its dates, from one clock time to the other. */
export type Shift = {
  /** Names the shift within its roster. */
  readonly key: string;
  /** Ids of those who work it. */
  readonly members: readonly string[];
  /** IANA time zone in which its dates and times are read. */
  readonly zone: string;
  /** First date the rule counts from, `YYYY-MM-DD` (DTSTART of RFC 5545). */
  readonly starts: string;
  /** A recurrence rule of RFC 5545 over dates: `FREQ=WEEKLY;BYDAY=MO,TU`; what it may say is in `rule.ts`. */
  readonly rule: string;
  /** `HH:MM`; an end at or before the beginning is on the next day. */
  readonly from: string;
  readonly to: string;
  /** Key of the calendar whose special days cut the shift to the hours they are open; null = it knows no holidays. */
  readonly calendar: string | null;
};

/** A date on which a shift has other hours than its rule says: none = it does not take place, or extra ones on a date of no rule. */
export type ShiftException = {
  readonly shift: string;
  /** `YYYY-MM-DD` in the shift's zone. */
  readonly date: string;
  readonly name: string;
  readonly intervals: readonly LocalInterval[];
};

/** One member's part in a shift on one date goes to another, or to nobody. Two entries make an exchange. */
export type Swap = {
  readonly shift: string;
  readonly date: string;
  readonly member: string;
  readonly by: string | null;
};

export type RosterSpec = {
  readonly shifts: readonly Shift[];
  readonly exceptions: readonly ShiftException[];
  readonly swaps: readonly Swap[];
};

/** One immutable version of a roster with the versions of the calendars its shifts name. */
export type Roster = {
  readonly key: string;
  readonly version: number;
  readonly spec: RosterSpec;
  readonly calendars: readonly Calendar[];
};

/** One member's uninterrupted work in one shift (UTC epoch ms), and the date of the shift it belongs to. */
export type DutySpan = Span & { readonly memberId: string; readonly shift: string; readonly date: string };
