import { readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { labels } from './days.js';
import { validateCalendar } from './validate.js';
import { addWorking, closing, isOpen, opensWithin } from './working-time.js';
import type { CalendarSpec, KeyedCalendar } from './types.js';

/** The files have the shape of `POST /v1/calendars`. */
const shipped = (key: string): KeyedCalendar => {
  const file = new URL(`../../../definitions/calendars/${key}.json`, import.meta.url);
  const { key: named, ...spec } = JSON.parse(readFileSync(file, 'utf8')) as CalendarSpec & { key: string };
  return { key: named, spec };
};
const office = shipped('br-office');
const always = shipped('always');
const YEARS = [2026, 2027, 2028];

/** Easter Sundays as published, not computed the way the file was made. */
const EASTER: Readonly<Record<number, string>> = { 2026: '2026-04-05', 2027: '2027-03-28', 2028: '2028-04-16' };
const fromEaster = (year: number, days: number): string =>
  Temporal.PlainDate.from(EASTER[year] ?? '')
    .add({ days })
    .toString();
const noon = (date: string): number =>
  Temporal.PlainDateTime.from(`${date}T12:00`).toZonedDateTime(office.spec.zone).epochMilliseconds;
const exceptionOn = (date: string): CalendarSpec['exceptions'][number] | undefined =>
  office.spec.exceptions.find((exception) => exception.date === date);

describe.each([office, always])('shipped calendar $key', (calendar) => {
  it('has the shape of the API, no problem, and opens', () => {
    expect(Object.keys(calendar.spec)).toEqual(['zone', 'week', 'exceptions']);
    expect(validateCalendar(calendar.spec)).toEqual([]);
    expect(opensWithin(calendar, Date.UTC(2026, 0, 1))).toBe(true);
  });
});

describe('always', () => {
  it('never closes', () => {
    expect(always).toMatchObject({ key: 'always', spec: { zone: 'UTC' } });
    expect(isOpen(always, Date.UTC(2026, 11, 25))).toBe(true);
    expect(closing(always, Date.UTC(2026, 0, 1))).toBeNull();
    expect(addWorking(always, 1, 86_400_000)).toBe(86_400_001);
  });
});

describe.each(YEARS)('br-office in %d', (year) => {
  it('is closed on the national holidays, Carnival, Good Friday and Corpus Christi', () => {
    const fixed = ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25'];
    const movable = [-48, -47, -2, 60].map((days) => fromEaster(year, days));
    for (const date of [...fixed.map((day) => `${year}-${day}`), ...movable]) {
      expect([date, exceptionOn(date)?.intervals]).toEqual([date, []]);
      expect([date, isOpen(office, noon(date))]).toEqual([date, false]);
    }
  });

  it('opens at 14:00 on Ash Wednesday', () => {
    const date = fromEaster(year, -46);
    expect(Temporal.PlainDate.from(date).dayOfWeek).toBe(3);
    expect(exceptionOn(date)?.intervals).toEqual([{ from: '14:00', to: '18:00' }]);
    expect(labels(office, noon(date))).toEqual(['Quarta-feira de Cinzas']);
  });

  it.each(['12-24', '12-31'])('closes at 13:00 on %s when it is a weekday', (day) => {
    const date = `${year}-${day}`;
    const weekday = Temporal.PlainDate.from(date).dayOfWeek <= 5;
    expect(exceptionOn(date)?.intervals).toEqual(weekday ? [{ from: '09:00', to: '13:00' }] : undefined);
    expect(isOpen(office, noon(date))).toBe(weekday);
  });

  it('has no other exception', () => {
    const weekdayEves = ['24', '31'].filter((day) => Temporal.PlainDate.from(`${year}-12-${day}`).dayOfWeek <= 5);
    const inYear = office.spec.exceptions.filter(({ date }) => date.startsWith(`${year}-`));
    expect(inYear).toHaveLength(9 + 4 + 1 + weekdayEves.length);
  });
});
