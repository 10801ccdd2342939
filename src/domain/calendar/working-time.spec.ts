import { Temporal } from 'temporal-polyfill';
import { runsDryOn } from './days.js';
import { addWorking, closing, elapsedWorking, isOpen, nextOpening } from './working-time.js';
import type { CalendarException, CalendarSpec, KeyedCalendar, LocalInterval, Weekday } from './types.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const span = (from: string, to: string): LocalInterval => ({ from, to });
const days = (names: string, ...intervals: LocalInterval[]): CalendarSpec['week'] =>
  Object.fromEntries(names.split(' ').map((name) => [name as Weekday, intervals]));
const closed = (date: string): CalendarException => ({ date, name: 'Feriado', intervals: [] });
const calendar = (
  zone: string,
  week: CalendarSpec['week'],
  exceptions: readonly CalendarException[] = [],
): KeyedCalendar => ({ key: 'house', spec: { zone, week, exceptions } });
const instant = (zone: string, local: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
const local = (zone: string, at: number | null): string | null =>
  at === null
    ? null
    : Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({
        smallestUnit: 'minute',
      });

const BR = 'America/Sao_Paulo';
const WORKDAYS = 'mon tue wed thu fri';
const EVERY_DAY = `${WORKDAYS} sat sun`;
const nineToFive = calendar(BR, days(WORKDAYS, span('09:00', '17:00')));
const nineToSix = calendar(BR, days(WORKDAYS, span('09:00', '18:00')), [
  closed('2026-02-16'),
  closed('2026-02-17'),
  { date: '2026-02-18', name: 'Quarta-feira de Cinzas', intervals: [span('14:00', '18:00')] },
  { date: '2025-12-24', name: 'Véspera de Natal', intervals: [span('09:00', '13:00')] },
  closed('2025-12-25'),
]);
const withLunch = calendar(BR, days(WORKDAYS, span('09:00', '12:00'), span('13:00', '18:00')));
const twelveHours = calendar(BR, days(EVERY_DAY, span('08:00', '20:00')), [closed('2026-09-07'), closed('2026-09-09')]);
const nights = calendar(BR, days(WORKDAYS, span('22:00', '06:00')));
const always = calendar('UTC', days(EVERY_DAY, span('00:00', '24:00')));
const never = calendar(BR, {});

describe('addWorking: the worked examples', () => {
  it.each([
    ['Friday afternoon runs into Monday', nineToFive, '2026-03-06T16:30', HOUR, '2026-03-09T09:30'],
    ['over the lunch break', withLunch, '2026-03-09T11:30', HOUR, '2026-03-09T13:30'],
    ['Carnival Tuesday counts from Ash Wednesday 14:00', nineToSix, '2026-02-17T10:00', HOUR, '2026-02-18T15:00'],
    ['24 December closes 13:00, 25 is closed', nineToSix, '2025-12-24T12:30', HOUR, '2025-12-26T09:30'],
    ['exactly 17:00 and nothing', nineToFive, '2026-03-09T17:00', 0, '2026-03-09T17:00'],
    ['48 h of 12 h days with two holidays', twelveHours, '2026-09-06T08:00', 48 * HOUR, '2026-09-11T20:00'],
    ['inside an interval, exactly to its end', withLunch, '2026-03-09T09:15', 165 * MINUTE, '2026-03-09T12:00'],
    ['16 h of 8 h days are two days', nineToFive, '2026-03-09T11:00', 16 * HOUR, '2026-03-11T11:00'],
    ['a start outside hours counts from the opening', nineToFive, '2026-03-07T12:00', HOUR, '2026-03-09T10:00'],
    ['a start at closing time counts from the opening', nineToFive, '2026-03-06T17:00', HOUR, '2026-03-09T10:00'],
  ])('%s', (_case, house, start, ms, end) => {
    expect(local(BR, addWorking(house, instant(BR, start), ms))).toBe(end);
  });

  it('the two holidays of the 48 h end on the sixth calendar day', () => {
    expect(elapsedWorking(twelveHours, instant(BR, '2026-09-06T00:00'), instant(BR, '2026-09-12T00:00'))).toBe(
      48 * HOUR,
    );
  });
});

describe('addWorking of nothing', () => {
  it.each([
    ['open: stays', '2026-03-09T11:00', '2026-03-09T11:00'],
    ['opening: stays', '2026-03-09T09:00', '2026-03-09T09:00'],
    ['closing time: stays', '2026-03-06T17:00', '2026-03-06T17:00'],
    ['later than closing: next opening', '2026-03-06T17:01', '2026-03-09T09:00'],
  ])('%s', (_case, start, end) => {
    expect(local(BR, addWorking(nineToFive, instant(BR, start), 0))).toBe(end);
  });
});

describe('addWorking backwards', () => {
  it.each([
    ['inside an interval', nineToFive, '2026-03-09T10:00', 30, '2026-03-09T09:30'],
    ['exactly to an opening', nineToFive, '2026-03-09T09:30', 30, '2026-03-09T09:00'],
    ['over the weekend', nineToFive, '2026-03-09T09:15', 30, '2026-03-06T16:45'],
    ['from a closing time', nineToFive, '2026-03-06T17:00', 30, '2026-03-06T16:30'],
    ['from outside hours: from the closing before', nineToFive, '2026-03-07T12:00', 30, '2026-03-06T16:30'],
    ['over the lunch break', withLunch, '2026-03-09T13:10', 30, '2026-03-09T11:40'],
  ])('%s', (_case, house, start, minutes, end) => {
    expect(local(BR, addWorking(house, instant(BR, start), -minutes * MINUTE))).toBe(end);
  });
});

describe('addWorking in particular', () => {
  it('is exact to the millisecond over a closing', () => {
    const start = instant(BR, '2026-03-06T16:59:59.999');
    expect(addWorking(nineToFive, start, 1)).toBe(instant(BR, '2026-03-06T17:00'));
    expect(addWorking(nineToFive, start, 2)).toBe(instant(BR, '2026-03-09T09:00:00.001'));
  });

  it('takes intervals written in any order', () => {
    const house = calendar(BR, days(WORKDAYS, span('13:00', '18:00'), span('09:00', '12:00')));
    const start = instant(BR, '2026-03-09T11:30');
    expect(local(BR, addWorking(house, start, HOUR))).toBe('2026-03-09T13:30');
    expect(local(BR, closing(house, start))).toBe('2026-03-09T12:00');
  });

  it('refuses parts of a millisecond', () => {
    expect(() => addWorking(nineToFive, 0, 0.5)).toThrow(RangeError);
  });

  it('ends after a century at the latest, however sparse the hours are', () => {
    const century = 36_525 * DAY;
    const sparse = calendar('UTC', days('mon', span('09:00', '09:01')));
    expect([addWorking(always, 0, 36_600 * DAY), addWorking(always, 0, -36_600 * DAY)]).toEqual([century, -century]);
    expect(addWorking(sparse, 0, 3_650 * DAY)).toBe(century);
  });
});

describe('past midnight', () => {
  it('an interval belongs to the date it begins on and runs into the next', () => {
    expect(isOpen(nights, instant(BR, '2026-03-07T05:59'))).toBe(true);
    expect(isOpen(nights, instant(BR, '2026-03-07T06:00'))).toBe(false);
    expect(isOpen(nights, instant(BR, '2026-03-09T05:00'))).toBe(false);
    expect(local(BR, closing(nights, instant(BR, '2026-03-06T23:00')))).toBe('2026-03-07T06:00');
  });

  it('an exception replaces what begins on its date, not what runs into it', () => {
    const house = calendar(BR, nights.spec.week, [closed('2026-03-05')]);
    expect(isOpen(house, instant(BR, '2026-03-05T05:00'))).toBe(true);
    expect(isOpen(house, instant(BR, '2026-03-05T23:00'))).toBe(false);
    expect(isOpen(house, instant(BR, '2026-03-06T05:00'))).toBe(false);
  });

  it('an exception may run past midnight itself, also into another exception', () => {
    const house = calendar(BR, days('mon', span('09:00', '17:00')), [
      { date: '2026-11-27', name: 'Black Friday', intervals: [span('20:00', '04:00')] },
      closed('2026-11-28'),
    ]);
    expect(local(BR, closing(house, instant(BR, '2026-11-27T20:00')))).toBe('2026-11-28T04:00');
  });

  it('intervals that touch are one span', () => {
    const house = calendar(BR, {
      fri: [span('09:00', '12:00'), span('12:00', '24:00')],
      sat: [span('00:00', '03:00')],
    });
    expect(local(BR, closing(house, instant(BR, '2026-03-06T09:00')))).toBe('2026-03-07T03:00');
  });
});

describe('nextOpening and closing', () => {
  it.each([
    ['open: itself', '2026-03-09T10:00', '2026-03-09T10:00', '2026-03-09T17:00'],
    ['opening time', '2026-03-09T09:00', '2026-03-09T09:00', '2026-03-09T17:00'],
    ['closing time', '2026-03-09T17:00', '2026-03-10T09:00', null],
    ['weekend', '2026-03-07T10:00', '2026-03-09T09:00', null],
  ])('%s', (_case, at, opening, end) => {
    expect(local(BR, nextOpening(nineToFive, instant(BR, at)))).toBe(opening);
    expect(local(BR, closing(nineToFive, instant(BR, at)))).toBe(end);
  });

  it('a calendar that is always open never closes', () => {
    expect(closing(always, 0)).toBeNull();
    expect(nextOpening(always, 12_345)).toBe(12_345);
  });
});

describe('DST', () => {
  const allDay = (zone: string): KeyedCalendar => calendar(zone, days(EVERY_DAY, span('00:00', '24:00')));
  const nightly = (zone: string): KeyedCalendar => calendar(zone, days(EVERY_DAY, span('01:00', '05:00')));

  it.each([
    ['America/Santiago', '2026-09-06', 23, 4],
    ['America/Santiago', '2026-04-04', 25, 4],
    ['America/New_York', '2026-03-08', 23, 3],
    ['America/New_York', '2026-11-01', 25, 5],
    ['Europe/Lisbon', '2026-03-29', 23, 3],
    ['Europe/Lisbon', '2026-10-25', 25, 5],
    ['America/Sao_Paulo', '2026-10-18', 24, 4],
    ['America/Sao_Paulo', '2026-02-15', 24, 4],
  ])('%s on %s has a day of %d h and a night of %d h', (zone, date, dayHours, nightHours) => {
    const from = instant(zone, `${date}T00:00`);
    const to = instant(zone, Temporal.PlainDate.from(date).add({ days: 1 }).toString());
    expect(elapsedWorking(allDay(zone), from, to)).toBe(dayHours * HOUR);
    expect(elapsedWorking(nightly(zone), from, to)).toBe(nightHours * HOUR);
  });

  it('Santiago skips midnight: an interval up to the skipped hour and on is one span', () => {
    const house = calendar('America/Santiago', days(EVERY_DAY, span('22:00', '02:00')));
    const start = instant('America/Santiago', '2026-09-05T22:00');
    expect(closing(house, start)).toBe(start + 3 * HOUR);
    expect(addWorking(house, start, 2.5 * HOUR)).toBe(instant('America/Santiago', '2026-09-06T01:30'));
  });

  it('Santiago repeats 23:00: both hours count, in one span', () => {
    const house = calendar('America/Santiago', days(EVERY_DAY, span('20:00', '24:00')));
    const start = instant('America/Santiago', '2026-04-04T20:00');
    expect(closing(house, start)).toBe(start + 5 * HOUR);
    expect(addWorking(house, start, 5 * HOUR)).toBe(start + 5 * HOUR);
  });

  it('an interval inside the repeated hour is open twice, closed between', () => {
    const house = calendar('America/New_York', days(EVERY_DAY, span('01:15', '01:45')));
    const start = Date.parse('2026-11-01T05:15Z');
    expect(closing(house, start)).toBe(start + 30 * MINUTE);
    expect(nextOpening(house, start + 30 * MINUTE)).toBe(start + HOUR);
    expect(addWorking(house, start, HOUR)).toBe(start + 90 * MINUTE);
  });

  it('an interval inside the skipped hour is not open that day', () => {
    const house = calendar('America/New_York', days(EVERY_DAY, span('02:00', '03:00')));
    const before = instant('America/New_York', '2026-03-07T03:00');
    expect(nextOpening(house, before)).toBe(instant('America/New_York', '2026-03-09T02:00'));
  });
});

describe('calendars that run dry', () => {
  const at = instant(BR, '2026-03-09T10:00');
  const minuteOn = (...dates: string[]): KeyedCalendar =>
    calendar(
      'UTC',
      {},
      dates.map((date) => ({ date, name: 'Plantão', intervals: [span('00:00', '00:01')] })),
    );
  const shutFor = (dates: number): KeyedCalendar => {
    const shut = Array.from({ length: dates }, (_, index) => Date.UTC(2026, 5, 1) + index * DAY);
    const exceptions = shut.map((date) => closed(new Date(date).toISOString().slice(0, 10)));
    return calendar('UTC', days(EVERY_DAY, span('09:00', '17:00')), exceptions);
  };

  it('without any hours count as open around the clock', () => {
    expect([isOpen(never, at), nextOpening(never, at), closing(never, at)]).toEqual([true, at, null]);
    expect([addWorking(never, at, HOUR), addWorking(never, at, -HOUR)]).toEqual([at + HOUR, at - HOUR]);
    expect(elapsedWorking(never, at, at + 1000 * DAY)).toBe(1000 * DAY);
    expect(runsDryOn(never, at)).toBe('2026-03-09');
  });

  it('count on after their last opening from the next date on, and so before their first', () => {
    const house = minuteOn('2026-06-01', '2026-06-03');
    expect(addWorking(house, Date.UTC(2026, 5, 1), 2 * MINUTE)).toBe(Date.UTC(2026, 5, 3, 0, 1));
    expect(addWorking(house, Date.UTC(2026, 5, 1), 3 * MINUTE)).toBe(Date.UTC(2026, 5, 4, 0, 1));
    expect(isOpen(house, Date.UTC(2026, 5, 3, 0, 1))).toBe(false);
    expect(addWorking(house, Date.UTC(2026, 5, 1), -MINUTE)).toBe(Date.UTC(2026, 4, 31, 23, 59));
    expect(runsDryOn(house, Date.UTC(2026, 5, 1))).toBe('2026-06-04');
    expect(runsDryOn(house, Date.UTC(2026, 5, 9))).toBe('2026-06-09');
  });

  it('are those with more than 400 closed dates in a row', () => {
    const [most, more] = [shutFor(400), shutFor(401)];
    const start = Date.UTC(2026, 4, 31, 17);
    expect(nextOpening(most, start)).toBe(Date.UTC(2027, 6, 6, 9));
    expect(runsDryOn(most, start)).toBeNull();
    expect(nextOpening(more, start)).toBe(Date.UTC(2026, 5, 1));
    expect(runsDryOn(more, start)).toBe('2026-06-01');
    expect(runsDryOn(more, Date.UTC(2027, 6, 8))).toBeNull();
  });

  it('a layer shuts them from its first date on', () => {
    const { spec } = shutFor(500);
    const layer = { kind: 'house' as const, name: 'Fechado', source: 'Aviso', exceptions: spec.exceptions };
    const from = (date: string): KeyedCalendar => ({
      key: 'house',
      spec: { ...spec, exceptions: [], layers: [{ ...layer, from: date }] },
    });
    expect([runsDryOn(from('2026-06-01'), at), runsDryOn(from('2026-12-01'), at)]).toEqual(['2026-06-01', null]);
  });

  it('an opening that the clocks skip is none', () => {
    const skipped = calendar('America/New_York', {}, [
      { date: '2026-03-08', name: 'Plantão', intervals: [span('02:00', '03:00')] },
    ]);
    expect(isOpen(skipped, instant('America/New_York', '2026-03-08T12:00'))).toBe(true);
  });

  it('an unvalidated spec is a defect, not a closed calendar', () => {
    expect(() => isOpen(calendar(BR, days('mon', span('9:00', '17:00'))), at)).toThrow(RangeError);
    expect(() => isOpen(calendar(BR, {}, [closed('2026-02-30')]), at)).toThrow(RangeError);
    expect(() => isOpen(calendar('Brazil/Nowhere', {}), at)).toThrow(RangeError);
    expect(() => isOpen(always, Number.NaN)).toThrow(RangeError);
  });
});
