import fc from 'fast-check';
import { addWorking, closing, nextOpening } from '../calendar/working-time.js';
import type { CalendarSpec, KeyedCalendar } from '../calendar/types.js';
import type { Roster } from '../roster/types.js';
import { endsWithShift, hoursOf, isWorked, leaseEnd, nextShiftStart, offerEnd, onDuty, shiftEnd } from './duty.js';
import type { WorkingHours } from './duty.js';

describe('leaseEnd by a calendar', () => {
  const hours = (calendar: KeyedCalendar): WorkingHours => ({ calendar, roster: null, shiftsOf: ['ana'] });
  const HOUR = 3_600_000;
  const at = (time: string): number => Date.parse(`2026-11-${time}Z`);
  const always: KeyedCalendar = { key: 'always', spec: spec(['00:00', '24:00']) };
  const office: KeyedCalendar = { key: 'office', spec: spec(['09:00', '12:00'], ['13:00', '18:00']) };

  function spec(...intervals: readonly [string, string][]): CalendarSpec {
    const day = intervals.map(([from, to]) => ({ from, to }));
    const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, day]));
    return { zone: 'UTC', week, exceptions: [] };
  }

  it.each([
    ['within the shift', office, '23T10:00:00', '23T10:20:00'],
    ['to the end of the shift exactly', office, '23T17:40:00', '23T18:00:00'],
    ['over the end of the shift: it ends there', office, '23T17:50:00', '23T18:00:00'],
    ['over the noon break', office, '23T11:50:00', '23T12:00:00'],
    ['outside hours: from the next opening', office, '23T20:00:00', '24T09:20:00'],
    ['at the closing: from the next opening', office, '23T18:00:00', '24T09:20:00'],
    ['a calendar that never closes', always, '23T20:00:00', '23T20:20:00'],
    ['a calendar that never opens', { key: 'never', spec: spec() }, '23T20:00:00', '23T20:20:00'],
  ] as const)('%s', (_name, calendar, now, expected) => {
    expect(new Date(leaseEnd(hours(calendar), at(now), HOUR / 3)).toISOString()).toBe(
      new Date(at(expected)).toISOString(),
    );
  });

  it('is working time, cut off at the end of the shift', () => {
    const start = at('01T00:00:00');
    fc.assert(
      fc.property(fc.nat(20 * 24 * HOUR), fc.integer({ min: 1, max: 12 * HOUR }), (offset, ms) => {
        const now = start + offset;
        const end = leaseEnd(hours(office), now, ms);
        expect(end).toBe(Math.min(addWorking(office, now, ms), closing(office, nextOpening(office, now)) ?? Infinity));
        expect(end).toBeGreaterThan(now);
      }),
    );
  });
});

describe('hours by a roster', () => {
  const at = (time: string): number => Date.parse(`2026-11-${time}Z`);
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(8, 16));
  const MINUTE = 60_000;
  const shift = (key: string, member: string, from: string, to: string, starts = '2026-11-01') => ({
    key,
    members: [member],
    zone: 'UTC',
    starts,
    rule: 'FREQ=DAILY',
    from,
    to,
    calendar: null,
  });
  const roster: Roster = {
    key: 'r',
    version: 1,
    spec: {
      shifts: [
        shift('early', 'ana', '06:00', '14:00'),
        shift('late', 'bia', '13:30', '22:00'),
        shift('later', 'bia', '22:00', '23:00'),
      ],
      exceptions: [],
      swaps: [],
    },
    calendars: [],
  };
  const calendar: KeyedCalendar = {
    key: 'sundays',
    spec: { zone: 'UTC', week: { sun: [{ from: '00:00', to: '00:01' }] }, exceptions: [] },
  };
  const member = (id: string, away = false, substituteId: string | null = null) => ({ id, away, substituteId });
  const queue = (...members: ReturnType<typeof member>[]) => ({ calendar, roster, members });
  const staff = queue(member('ana'), member('bia'), member('rui'));

  it('follow the shifts of a member, whatever the calendar says; those that touch are one', () => {
    const [ana, bia] = [hoursOf(staff, 'ana'), hoursOf(staff, 'bia')];
    expect([isWorked(ana, at('10T13:59:59')), isWorked(ana, at('10T14:00:00'))]).toEqual([true, false]);
    expect([iso(shiftEnd(bia, at('10T20:00:00'))), iso(shiftEnd(ana, at('10T20:00:00')))]).toEqual(['10T23:00', null]);
    expect(iso(nextShiftStart(ana, at('10T07:00:00')))).toBe('11T06:00');
    expect(nextShiftStart(hoursOf(staff, 'rui'), at('10T07:00:00'))).toBeNull();
  });

  it('have a lease end with the shift; outside of it the time simply runs', () => {
    const ana = hoursOf(staff, 'ana');
    const lease = (time: string): string | null => iso(leaseEnd(ana, at(time), 20 * MINUTE));
    expect([lease('10T10:00:00'), lease('10T13:50:00'), lease('10T15:00:00')]).toEqual([
      '10T10:20',
      '10T14:00',
      '10T15:20',
    ]);
    expect([endsWithShift(ana, at('10T14:00:00')), endsWithShift(ana, at('10T10:20:00'))]).toEqual([true, false]);
    expect(endsWithShift(hoursOf(staff, 'bia'), at('10T22:00:00'))).toBe(false);
  });

  it('have an offer end with the shift, and begin with the next one for who is not at work', () => {
    const offer = (id: string, time: string): string | null => iso(offerEnd(hoursOf(staff, id), at(time), 10 * MINUTE));
    expect([offer('ana', '10T13:55:00'), offer('ana', '10T15:00:00'), offer('rui', '10T15:00:00')]).toEqual([
      '10T14:00',
      '11T06:10',
      '10T15:10',
    ]);
  });

  it('pass to the substitute while somebody is away', () => {
    const covered = queue(member('ana', true, 'rui'), member('bia'), member('rui'));
    const duty = (of: typeof staff): string[] =>
      of.members.filter((each) => onDuty(of, each, at('10T10:00:00'))).map(({ id }) => id);
    expect([duty(staff), duty(covered)]).toEqual([['ana'], ['rui']]);
    expect(duty(queue(member('ana', true, 'rui'), member('rui', true)))).toEqual([]);
    expect(iso(leaseEnd(hoursOf(covered, 'rui'), at('10T13:50:00'), 20 * MINUTE))).toBe('10T14:00');
  });
});
