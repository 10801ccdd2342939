import { areQuietHours, quietUntil } from './quiet-hours.js';

const NIGHT = { zone: 'Asia/Shanghai', from: '22:00', to: '07:30' };
const at = (text: string): number => Date.parse(text);

describe('quiet hours', () => {
  it.each([
    // 23:00 and 03:00 in Shenzhen, which is eight hours ahead.
    ['2026-11-22T15:00:00Z', '2026-11-22T23:30:00.000Z'],
    ['2026-11-22T19:00:00Z', '2026-11-22T23:30:00.000Z'],
    ['2026-11-22T14:00:00Z', '2026-11-22T23:30:00.000Z'],
    ['2026-11-22T13:59:59.999Z', null],
    ['2026-11-22T23:30:00Z', null],
  ])('at %s last until %s', (now, until) => {
    const end = quietUntil(NIGHT, at(now));
    expect(end === null ? null : new Date(end).toISOString()).toBe(until);
  });

  it('move with the clocks of their zone', () => {
    const hours = { zone: 'America/New_York', from: '22:00', to: '06:00' };
    // The night of 8 March 2026 is an hour short.
    expect(quietUntil(hours, at('2026-03-08T05:00:00Z'))).toBe(at('2026-03-08T10:00:00Z'));
  });

  it('need a known zone and two times', () => {
    expect(areQuietHours(NIGHT)).toBe(true);
    expect(areQuietHours({ ...NIGHT, zone: 'Asia/Nowhere' })).toBe(false);
    expect(areQuietHours({ ...NIGHT, to: '22:00' })).toBe(false);
  });
});
