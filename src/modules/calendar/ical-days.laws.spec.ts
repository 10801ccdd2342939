import fc from 'fast-check';
import { daysOfICal, ICalError } from './ical-days.js';

const WINDOW = { from: '2026-01-01', until: '2028-12-31' };
const feed = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Feriados//PT', ...lines, 'END:VCALENDAR', ''].join('\r\n');

describe('days of an iCalendar text', () => {
  it('are refused when one comes for ever', () => {
    const forever = ['BEGIN:VEVENT', 'UID:x', 'DTSTART;VALUE=DATE:19000101', 'RRULE:FREQ=DAILY', 'END:VEVENT'];
    expect(() => daysOfICal(feed(...forever), WINDOW)).toThrow(ICalError);
  });

  it('end, whatever the text is', () => {
    const part = fc.constantFrom(
      'BEGIN:VEVENT',
      'END:VEVENT',
      'DTSTART;VALUE=DATE:20260101',
      'DTEND;VALUE=DATE:20251231',
      'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'RRULE:FREQ=DAILY;INTERVAL=-1',
      'EXDATE:nonsense',
      'RDATE;VALUE=PERIOD:x/y',
      'SUMMARY',
      'UID:1',
      'RECURRENCE-ID:20260101',
      'DURATION:-P1D',
      ';;:',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (lines) => {
        try {
          for (const { date } of daysOfICal(feed(...lines), WINDOW).days) expect(date).toMatch(/^202[678]-\d\d-\d\d$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ICalError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
