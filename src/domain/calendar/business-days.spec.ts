import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { addBusinessDays } from './business-days.js';
import type { CalendarException, CalendarSpec, KeyedCalendar, LocalInterval } from './types.js';

const BR = 'America/Sao_Paulo';
const NY = 'America/New_York';
const span = (from: string, to: string): LocalInterval => ({ from, to });
const workdays = (...intervals: LocalInterval[]): CalendarSpec['week'] => ({
  mon: intervals,
  tue: intervals,
  wed: intervals,
  thu: intervals,
  fri: intervals,
});
const calendar = (
  zone: string,
  week: CalendarSpec['week'],
  exceptions: readonly CalendarException[] = [],
): KeyedCalendar => ({ key: 'house', spec: { zone, week, exceptions } });
const instant = (zone: string, local: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
const local = (zone: string, at: number): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({
    smallestUnit: 'minute',
  });

const office = calendar(BR, workdays(span('09:00', '18:00')), [
  { date: '2026-02-16', name: 'Carnaval', intervals: [] },
  { date: '2026-02-17', name: 'Carnaval', intervals: [] },
  { date: '2026-02-18', name: 'Quarta-feira de Cinzas', intervals: [span('14:00', '18:00')] },
  { date: '2026-12-24', name: 'Véspera de Natal', intervals: [span('09:00', '13:00')] },
  { date: '2026-12-25', name: 'Natal', intervals: [] },
]);
const halfFriday = calendar(BR, {
  ...workdays(span('09:00', '12:00'), span('13:00', '18:00')),
  fri: [span('09:00', '18:00')],
});
const nights = calendar(BR, workdays(span('22:00', '06:00')));

describe('addBusinessDays', () => {
  it.each([
    ['three days from Monday', office, '2026-03-09T11:30', 3, '2026-03-12T11:30'],
    ['over a weekend', office, '2026-03-06T11:30', 1, '2026-03-09T11:30'],
    ['a start before opening moves to the opening', office, '2026-03-09T03:00', 1, '2026-03-10T09:00'],
    ['a start on Saturday moves to Monday first', office, '2026-03-07T12:00', 1, '2026-03-10T09:00'],
    ['a closing time is outside hours', office, '2026-03-06T18:00', 1, '2026-03-10T09:00'],
    ['a minute before closing is not', office, '2026-03-06T17:59', 1, '2026-03-09T17:59'],
    ['holidays do not count', office, '2026-02-13T15:00', 1, '2026-02-18T15:00'],
    ['earlier than that day opens: its opening', office, '2026-02-13T10:00', 1, '2026-02-18T14:00'],
    ['a half day counts', office, '2026-02-13T10:00', 2, '2026-02-19T10:00'],
    ['later than that day closes: its closing', office, '2026-12-23T15:00', 1, '2026-12-24T13:00'],
    ['the time is the one of the start, not of a day between', office, '2026-12-23T15:00', 2, '2026-12-28T15:00'],
    [
      'a break of that day is neither before its opening nor after its closing',
      halfFriday,
      '2026-03-06T12:30',
      1,
      '2026-03-09T12:30',
    ],
    ['no days: the start', office, '2026-03-09T11:30', 0, '2026-03-09T11:30'],
    ['no days from outside hours: the opening', office, '2026-03-07T12:00', 0, '2026-03-09T09:00'],
    ['past midnight still is the day the interval began on', nights, '2026-03-07T02:00', 1, '2026-03-10T02:00'],
    ['before midnight of the same night', nights, '2026-03-06T23:00', 1, '2026-03-09T23:00'],
  ])('%s', (_case, house, start, n, end) => {
    expect(local(BR, addBusinessDays(house, instant(BR, start), n))).toBe(end);
  });

  it.each([
    ['a time the clocks skip is the instant they skip to', '2026-03-07T02:30', '2026-03-08T03:00'],
    ['a repeated time is the first of the two', '2026-10-31T01:30', '2026-11-01T01:30'],
    ['the same local time over a change of clocks', '2026-03-07T15:00', '2026-03-08T15:00'],
  ])('%s', (_case, start, end) => {
    const everyDay = [span('00:00', '24:00')];
    const house = calendar(NY, { ...workdays(...everyDay), sat: everyDay, sun: everyDay });
    expect(addBusinessDays(house, instant(NY, start), 1)).toBe(instant(NY, end));
  });

  it('a day whose only interval the clocks skip has no opening', () => {
    const interval = [span('02:00', '03:00')];
    const house = calendar(NY, { ...workdays(...interval), sat: interval, sun: interval });
    expect(local(NY, addBusinessDays(house, instant(NY, '2026-03-07T02:30'), 1))).toBe('2026-03-09T02:30');
  });

  it('is exact to the millisecond', () => {
    expect(addBusinessDays(office, instant(BR, '2026-03-06T11:30:15.123'), 1)).toBe(
      instant(BR, '2026-03-09T11:30:15.123'),
    );
  });

  it('refuses numbers that are not days', () => {
    const start = instant(BR, '2026-03-09T10:00');
    expect(() => addBusinessDays(office, start, -1)).toThrow(RangeError);
    expect(() => addBusinessDays(office, start, 1.5)).toThrow(RangeError);
  });

  it('counts every date once a calendar has run dry', () => {
    const once = calendar(BR, {}, [{ date: '2026-03-09', name: 'Plantão', intervals: [span('09:00', '18:00')] }]);
    const start = instant(BR, '2026-03-09T10:00');
    expect(addBusinessDays(once, start, 0)).toBe(start);
    expect(local(BR, addBusinessDays(once, start, 3))).toBe('2026-03-12T10:00');
    expect(local(BR, addBusinessDays(once, instant(BR, '2026-03-12T03:00'), 1))).toBe('2026-03-13T03:00');
  });

  it('counts dates with hours, for any hours of the week', () => {
    const hours = fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 12, max: 23 }))
        .map(([from, to]): LocalInterval[] => [span(`${String(from).padStart(2, '0')}:00`, `${to}:00`)]),
      { nil: undefined },
    );
    const weeks = fc.record({ tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours });
    fc.assert(
      fc.property(weeks, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 15 }), (rest, offset, n) => {
        const week = Object.fromEntries(
          Object.entries({ mon: [span('08:00', '12:00')], ...rest }).filter(([, day]) => day),
        );
        const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
        const open = (at: number): readonly LocalInterval[] => week[names[new Date(at).getUTCDay()] ?? ''] ?? [];
        let date = Date.UTC(2026, 5, 1) + offset * 86_400_000;
        while (open(date).length === 0) date += 86_400_000;
        const opening = Date.parse(`${new Date(date).toISOString().slice(0, 10)}T${open(date)[0]?.from}Z`);
        let left = n;
        while (left > 0) {
          date += 86_400_000;
          if (open(date).length > 0) left -= 1;
        }
        const [from, time, to] = [
          open(date)[0]?.from ?? '',
          new Date(opening).toISOString().slice(11, 16),
          open(date)[0]?.to ?? '',
        ];
        const expected = time < from ? from : time > to ? to : time;
        const end = addBusinessDays(calendar('UTC', week), opening, n);
        expect(new Date(end).toISOString().slice(0, 16)).toBe(
          `${new Date(date).toISOString().slice(0, 10)}T${expected}`,
        );
      }),
    );
  });
});
