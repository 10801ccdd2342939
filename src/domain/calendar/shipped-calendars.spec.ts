import { readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { labels, runsDryOn } from './days.js';
import { validateCalendar } from './validate.js';
import { addWorking, closing, isOpen, nextOpening } from './working-time.js';
import type { CalendarSpec, KeyedCalendar } from './types.js';

/** The files have the shape of `POST /v1/calendars`. */
const shipped = (key: string): KeyedCalendar => {
  const file = new URL(`../../../definitions/calendars/${key}.json`, import.meta.url);
  const { key: named, ...spec } = JSON.parse(readFileSync(file, 'utf8')) as CalendarSpec & { key: string };
  return { key: named, spec };
};
const office = shipped('br-office');
const national = shipped('br-national');
const china = shipped('cn-office');
const always = shipped('always');
const YEARS = [2026, 2027, 2028];
const HOUR = 3_600_000;

/** Easter Sundays as published, not computed the way the file was made. */
const EASTER: Readonly<Record<number, string>> = { 2026: '2026-04-05', 2027: '2027-03-28', 2028: '2028-04-16' };
const fromEaster = (year: number, days: number): string =>
  Temporal.PlainDate.from(EASTER[year] ?? '')
    .add({ days })
    .toString();
const noon = (date: string, calendar = office): number =>
  Temporal.PlainDateTime.from(`${date}T12:00`).toZonedDateTime(calendar.spec.zone).epochMilliseconds;
const isWorkday = (date: string, calendar = office): boolean => isOpen(calendar, noon(date, calendar));
const weekdayOf = (date: string): number => Temporal.PlainDate.from(date).dayOfWeek;
/** Dates of a year on which a calendar is closed at noon although it is a weekday, or open although it is none. */
const unusual = (year: number, calendar: KeyedCalendar): string[] => {
  const first = Temporal.PlainDate.from(`${year}-01-01`);
  return Array.from({ length: first.daysInYear }, (_, day) => first.add({ days: day }).toString()).filter(
    (date) => isWorkday(date, calendar) !== weekdayOf(date) <= 5,
  );
};

describe.each([office, national, china, always])('shipped calendar $key', (calendar) => {
  it('has the shape of the API, no problem, and opens again and again', () => {
    const { zone, week, layers = [], exceptions, ...rest } = calendar.spec;
    expect([typeof zone, typeof week, exceptions, rest]).toEqual(['string', 'object', [], {}]);
    expect(layers.every(({ source }) => source.length > 20)).toBe(true);
    expect(validateCalendar(calendar.spec)).toEqual([]);
    expect(runsDryOn(calendar, Date.UTC(2026, 0, 1))).toBeNull();
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

/** Days of Lei 662/1949, 6.802/1980, 10.607/2002 and 14.759/2023, and Good Friday. */
const NATIONAL = ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25'];
const inYear = (year: number): string[] => [...NATIONAL.map((day) => `${year}-${day}`), fromEaster(year, -2)];

describe.each(YEARS)('br-national in %d', (year) => {
  it('is closed on the national holidays, and on no other weekday', () => {
    for (const date of inYear(year)) expect([date, isWorkday(date, national)]).toEqual([date, false]);
    expect(unusual(year, national)).toEqual(
      inYear(year)
        .filter((date) => weekdayOf(date) <= 5)
        .sort(),
    );
  });
});

describe.each(YEARS)('br-office in %d', (year) => {
  it('is closed on the days of country, state and city, and at Carnival, and on no other weekday', () => {
    const own = [`${year}-07-09`, `${year}-01-25`, ...[-48, -47, 60].map((days) => fromEaster(year, days))];
    const closed = [...inYear(year), ...own].filter((date) => weekdayOf(date) <= 5);
    // Ash Wednesday opens after noon.
    expect(unusual(year, office)).toEqual([...closed, fromEaster(year, -46)].sort());
  });

  it('opens at 14:00 on Ash Wednesday', () => {
    const date = fromEaster(year, -46);
    expect(weekdayOf(date)).toBe(3);
    expect(nextOpening(office, noon(date))).toBe(noon(date) + 2 * HOUR);
    expect(labels(office, noon(date))).toEqual(['Pontos facultativos', 'Quarta-feira de Cinzas']);
  });

  it.each(['12-24', '12-31'])('closes at 13:00 on %s when it is a weekday', (day) => {
    const date = `${year}-${day}`;
    const weekday = weekdayOf(date) <= 5;
    expect(isWorkday(date)).toBe(weekday);
    expect(closing(office, noon(date))).toBe(weekday ? noon(date) + HOUR : null);
  });
});

describe('cn-office', () => {
  it('follows the notice of the State Council for 2026: joined holidays, and the weekends worked for them', () => {
    const days = (month: number, from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, index) =>
        Temporal.PlainDate.from({ year: 2026, month, day: from + index }).toString(),
      );
    const off = [
      ...days(1, 1, 3),
      ...days(2, 15, 23),
      ...days(4, 4, 6),
      ...days(5, 1, 5),
      ...days(6, 19, 21),
      ...days(9, 25, 27),
      ...days(10, 1, 7),
    ];
    const worked = ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'];
    expect(unusual(2026, china)).toEqual([...off.filter((date) => weekdayOf(date) <= 5), ...worked].sort());
    expect(labels(china, noon('2026-02-14', china))).toEqual(['国务院放假安排', '春节调休上班']);
  });

  it.each([
    [2027, '2027-02-05', '2027-02-08'],
    [2028, '2028-01-25', '2028-01-28'],
  ])('has the four statutory days of the lunar new year in %d', (_year, eve, third) => {
    for (let date = Temporal.PlainDate.from(eve); date.toString() <= third; date = date.add({ days: 1 }))
      expect([date.toString(), isWorkday(date.toString(), china)]).toEqual([date.toString(), false]);
  });
});
