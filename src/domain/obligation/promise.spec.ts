import type { Calendar } from '../calendar/types.js';
import { dueFromStart, timeUsed } from './promise.js';
import type { Promised } from './promise.js';

const HOUR = 3_600_000;
const HOURS = [{ from: '09:00', to: '18:00' }];
const calendar: Calendar = {
  key: 'office',
  version: 1,
  spec: { zone: 'UTC', week: { mon: HOURS, tue: HOURS, wed: HOURS, thu: HOURS, fri: HOURS }, exceptions: [] },
};
/** `at('fri 17:00')`: a day of one week, in which Monday is the 2nd of March 2026; `next mon` is a week later. */
const at = (text: string): number => {
  const [, later, day = '', time = ''] = /^(next )?(\w+) (.*)$/.exec(text) ?? [];
  const index = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(day) + (later === undefined ? 0 : 7);
  return Date.parse(`2026-03-${String(2 + index).padStart(2, '0')}T${time}:00Z`);
};
const promised = (more: Partial<Promised> = {}): Promised => ({
  clock: 'house',
  startedAt: at('fri 17:00'),
  within: { ms: 4 * HOUR },
  used: 0,
  pauses: [],
  ...more,
});
const pause = (from: string, to: string): Promised['pauses'] => [{ from: at(from), to: at(to) }];

describe('what a promise comes to', () => {
  it.each<[string, Partial<Promised>, string]>([
    ['its whole time on its clock', {}, 'next mon 12:00'],
    ['later by a pause, as far as the clock ran', { pauses: pause('fri 17:30', 'next mon 10:00') }, 'next mon 13:30'],
    ['earlier by what had been used before', { used: 3 * HOUR }, 'fri 18:00'],
    ['its start, when all of it had been used', { used: 5 * HOUR }, 'fri 17:00'],
    ['a pause after its start, all the same', { used: 5 * HOUR, pauses: pause('fri 17:00', 'fri 17:20') }, 'fri 17:20'],
    ['business days, less working time', { within: { businessDays: 1 }, used: 8 * HOUR }, 'fri 18:00'],
    ['wall time', { clock: 'wall', used: HOUR }, 'fri 20:00'],
  ])('%s', (_name, more, due) => {
    expect(dueFromStart(promised(more), calendar)).toBe(at(due));
  });

  it.each<[string, Partial<Promised>, string, number]>([
    ['working time, not the night and the days between', {}, 'next mon 10:00', 2],
    ['nothing while it paused', { pauses: pause('fri 17:30', 'next mon 09:30') }, 'next mon 10:00', 1],
    ['nothing since a pause that goes on', { pauses: [{ from: at('fri 17:30'), to: null }] }, 'next mon 10:00', 0.5],
    ['what had been used before, too', { used: 3 * HOUR }, 'fri 17:30', 3.5],
    ['all time on the wall clock', { clock: 'wall' }, 'next mon 10:00', 65],
  ])('has used %s', (_name, more, until, hours) => {
    expect(timeUsed(promised(more), calendar, at(until))).toBe(hours * HOUR);
  });
});
