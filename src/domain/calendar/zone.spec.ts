import { Temporal } from 'temporal-polyfill';
import { firstInstantReaching, isKnownZone, PAGE_MS, segmentsOfPage } from './zone.js';

const HOUR = 3_600_000;

describe('offset segments', () => {
  it('partition the page', () => {
    const segments = segmentsOfPage('America/Santiago', 321);
    expect(segments).toHaveLength(2);
    expect([segments[0]?.from, segments.at(-1)?.to]).toEqual([321 * PAGE_MS, 322 * PAGE_MS]);
    expect(segments[0]?.to).toBe(segments[1]?.from);
  });
});

describe('firstInstantReaching', () => {
  const reading = (text: string): number => Date.parse(`${text}Z`);
  it.each([
    ['an ordinary reading', '2026-03-09T09:00', '2026-03-09T13:00Z'],
    ['a reading inside the skipped hour: the end of the hour', '2026-03-08T02:30', '2026-03-08T07:00Z'],
    ['a reading inside the repeated hour: the first time', '2026-11-01T01:30', '2026-11-01T05:30Z'],
    ['the end of the repeated hour: after both', '2026-11-01T02:00', '2026-11-01T07:00Z'],
  ])('%s', (_case, local, instant) => {
    expect(firstInstantReaching('America/New_York', reading(local))).toBe(Date.parse(instant));
  });
});

describe('firstInstantReaching at the edges of a page', () => {
  it.each(['America/New_York', 'Asia/Shanghai'])(
    'finds readings whose instants are in the next page or the one before: %s',
    (zone) => {
      const edges = [320, 321, 322, 323].map((index) => index * PAGE_MS);
      const readings = edges.flatMap((edge) => [-20, -13, -4, -1, 0, 1, 4, 13, 20].map((hours) => edge + hours * HOUR));
      const expected = readings.map(
        (local) =>
          Temporal.PlainDateTime.from(new Date(local).toISOString().slice(0, -1)).toZonedDateTime(zone)
            .epochMilliseconds,
      );
      expect(readings.map((local) => firstInstantReaching(zone, local))).toEqual(expected);
    },
  );
});

describe('isKnownZone', () => {
  it.each([
    ['America/Sao_Paulo', true],
    ['America/Argentina/Buenos_Aires', true],
    ['UTC', true],
    ['America/Sao_Paolo', false],
    ['-03:00', false],
    ['2026-01-01T00:00Z', false],
    ['', false],
    [' America/Sao_Paulo', false],
  ])('%p is %p', (zone, known) => {
    expect(isKnownZone(zone)).toBe(known);
  });
});
