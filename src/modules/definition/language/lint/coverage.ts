import { runsDryOn } from '../../../../domain/calendar/days.js';
import type { KeyedCalendar } from '../../../../domain/calendar/types.js';
import { openSpansBetween } from '../../../../domain/calendar/open-spans.js';
import type { Span } from '../../../../domain/calendar/zone.js';
import { localSpan } from '../../../../domain/roster/coverage.js';
import { workingSpans } from '../../../../domain/roster/duty-spans.js';
import { without } from '../../../../domain/roster/span-sets.js';
import type { Environment } from '../environment.js';
import type { Path } from '../source.js';
import { stepsOf } from '../walk.js';
import type { Report } from './report.js';

/** How far ahead uncovered hours are looked for: four weeks hold every weekly pattern and some holidays. */
const LOOK_AHEAD = 28 * 86_400_000;

type Queue = Environment['queues'][number];

const calendarOf = (report: Report, key: string | null | undefined): KeyedCalendar | undefined =>
  report.environment.calendars.find((calendar) => calendar.key === key);

function checkOpens(report: Report, path: Path, key: string | undefined): void {
  const calendar = calendarOf(report, key);
  const from = calendar && runsDryOn(calendar, report.environment.now);
  if (!calendar || from === null) return;
  const message = `calendar "${calendar.key}" stays closed for more than 400 days, ${from} among them`;
  report.add('calendar_never_opens', path, message, 'Give it opening hours, or name another calendar.');
}

/** When somebody of a queue is on duty within the time looked at. */
function covered(report: Report, { calendar, hasMembers, duty }: Queue): readonly Span[] {
  const { now } = report.environment;
  if (!hasMembers) return [];
  if (duty) return workingSpans(duty.roster, duty.members, now, now + LOOK_AHEAD);
  const hours = calendarOf(report, calendar ?? report.document.calendar);
  return hours === undefined ? [] : openSpansBetween(hours.spec, now, now + LOOK_AHEAD);
}

function checkCovered(report: Report, path: Path, queues: readonly string[]): void {
  const { environment, document } = report;
  const house = calendarOf(report, document.calendar);
  const known = queues.every((name) => environment.queues.some(({ key }) => key === name));
  if (!house || !known) return;
  const open = openSpansBetween(house.spec, environment.now, environment.now + LOOK_AHEAD);
  const named = environment.queues.filter(({ key }) => queues.includes(key));
  const [gap] = without(
    open,
    named.flatMap((queue) => covered(report, queue)),
  );
  if (!gap) return;
  const message = `${localSpan(gap, house.spec.zone)}: "${house.key}" is open, but no queue named here is on duty`;
  report.add('uncovered_hours', path, message, 'Add a queue that covers these hours.');
}

/** Calendars that run dry, and hours of the house in which no queue of a step is on duty. */
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
