import type { KeyedCalendar } from '../../../../domain/calendar/types.js';
import { closing, isOpen, nextOpening, opensWithin } from '../../../../domain/calendar/working-time.js';
import type { Path } from '../source.js';
import { stepsOf } from '../walk.js';
import type { Report } from './report.js';

/** How far ahead uncovered hours are looked for: four weeks hold every weekly pattern and some holidays. */
const LOOK_AHEAD = 28 * 86_400_000;

const calendarOf = (report: Report, key: string | null | undefined): KeyedCalendar | undefined =>
  report.environment.calendars.find((calendar) => calendar.key === key);

function checkOpens(report: Report, path: Path, key: string | undefined): void {
  const calendar = calendarOf(report, key);
  if (!calendar || opensWithin(calendar, report.environment.now)) return;
  const message = `calendar "${calendar.key}" does not open within the next 400 days`;
  report.add('calendar_never_opens', path, message, 'Give it opening hours, or name another calendar.');
}

type Gap = { readonly from: number; readonly to: number };

/** The first span in which `house` is open and none of `teams` is. */
function firstGap(house: KeyedCalendar, teams: readonly KeyedCalendar[], from: number): Gap | null {
  const end = from + LOOK_AHEAD;
  let at = nextOpening(house, from);
  while (at !== null && at < end) {
    const now = at;
    const closes = closing(house, now) ?? end;
    const team = teams.find((calendar) => isOpen(calendar, now));
    if (!team) {
      const openings = teams.map((calendar) => nextOpening(calendar, now) ?? closes);
      return { from: now, to: Math.min(closes, ...openings) };
    }
    at = nextOpening(house, Math.min(closing(team, now) ?? end, closes));
  }
  return null;
}

const localSpan = ({ from, to }: Gap, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' }).formatRange(from, to);

function checkCovered(report: Report, path: Path, queues: readonly string[]): void {
  const { environment, document } = report;
  const house = calendarOf(report, document.calendar);
  const known = queues.every((name) => environment.queues.some(({ key }) => key === name));
  if (!house || !known) return;
  const staffed = environment.queues.filter(({ key, hasMembers }) => hasMembers && queues.includes(key));
  const teams = staffed.flatMap(({ calendar }) => calendarOf(report, calendar ?? document.calendar) ?? []);
  const gap = firstGap(house, teams, environment.now);
  if (!gap) return;
  const { zone } = house.spec;
  const message = `${localSpan(gap, zone)} (${zone}): "${house.key}" is open, but no queue named here is on duty`;
  report.add('uncovered_hours', path, message, 'Add a queue that covers these hours.');
}

/** Calendars that never open, and hours of the house in which no queue of a step is on duty. */
export function checkCoverage(report: Report): void {
  const { document } = report;
  checkOpens(report, ['calendar'], document.calendar);
  for (const [name, { calendar }] of Object.entries(document.obligations ?? {})) {
    checkOpens(report, ['obligations', name, 'calendar'], calendar);
  }
  for (const { path, step } of stepsOf(document)) {
    if (!step.assign) continue;
    const { queue } = step.assign;
    checkCovered(report, [...path, 'assign', 'queue'], typeof queue === 'string' ? [queue] : queue);
  }
}
