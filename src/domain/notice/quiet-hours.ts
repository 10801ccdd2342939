import type { CalendarSpec, LocalInterval, Weekday } from '../calendar/types.js';
import { validateCalendar } from '../calendar/validate.js';
import { closing } from '../calendar/working-time.js';

/** When a member is not to be disturbed, each day: local times `HH:MM` in their zone; an end before the start is the next day's. */
export type QuietHours = { readonly zone: string; readonly from: string; readonly to: string };

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Until when a member is not to be disturbed at `at` (epoch ms), or null when they may be now. */
export function quietUntil(hours: QuietHours, at: number): number | null {
  return closing({ key: 'quiet', spec: specOf(hours) }, at);
}

/** Whether quiet hours can be kept: a known zone, and times that are not the same. */
export function areQuietHours(hours: QuietHours): boolean {
  return hours.from !== hours.to && validateCalendar(specOf(hours)).length === 0;
}

/** Quiet hours are a calendar that is open while its member is not to be disturbed. */
function specOf({ zone, from, to }: QuietHours): CalendarSpec {
  const intervals: readonly LocalInterval[] = [{ from, to }];
  return { zone, week: Object.fromEntries(WEEKDAYS.map((day) => [day, intervals])), exceptions: [] };
}
