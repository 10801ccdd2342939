import fc from 'fast-check';
import { parseAnchor, parseDuration, parseWithin, printDuration } from './durations.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['45m', 45 * MINUTE],
    ['2h', 2 * HOUR],
    ['3d', 3 * DAY],
    ['0s', 0],
    ['PT45M', 45 * MINUTE],
    ['PT1H30M', 90 * MINUTE],
    ['P1DT2H3M4S', DAY + 2 * HOUR + 3 * MINUTE + 4_000],
    ['P2W', 14 * DAY],
    ['3650d', 3650 * DAY],
  ])('%s = %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', 'm', '1.5h', '-5m', '5 m', '5M', '1h30m', '3bd', 'P', 'PT', 'P1DT', 'P1Y', 'P1M', '3651d', '٣d'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it.each([
    ['20m', { ms: 20 * MINUTE }],
    ['3bd', { businessDays: 3 }],
    ['platform', { platform: true }],
    ['0bd', null],
    ['3 bd', null],
    ['soon', null],
  ])('within %s', (text, within) => {
    expect(parseWithin(text)).toEqual(within);
  });

  it.each([
    ['start', { anchor: 'start', offsetMs: 0 }],
    ['start+45m', { anchor: 'start', offsetMs: 45 * MINUTE }],
    ['deadline-30m', { anchor: 'deadline', offsetMs: -30 * MINUTE }],
    ['deadline-0s', { anchor: 'deadline', offsetMs: 0 }],
    ['window-PT2H', { anchor: 'window', offsetMs: -2 * HOUR }],
    ['end', null],
    ['start45m', null],
    ['start+', null],
    ['start + 45m', null],
    ['deadline+9999d', null],
  ])('at %s', (text, anchor) => {
    expect(parseAnchor(text)).toEqual(anchor);
  });

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3650 * 86_400 }), (seconds) => {
        expect(parseDuration(printDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  it('prints the largest unit that fits', () => {
    expect([DAY, 90 * MINUTE, 45_000, 0].map(printDuration)).toEqual(['1d', '90m', '45s', '0s']);
  });
});
