import { segmentAt, segmentsOfPage } from './zone.js';
import type { OffsetSegment } from './zone.js';

const HOUR = 3_600_000;

/** The offset by the platform's own formatter, as a witness that shares no code with the product. */
const witness = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const read = (name: string): number => part[name] ?? 0;
    const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
    return local - at;
  };
};

describe('offset segments', () => {
  it.each([
    'UTC',
    'America/Sao_Paulo',
    'America/Santiago',
    'America/New_York',
    'Europe/Lisbon',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
  ])('agree with the platform formatter: %s', (zone) => {
    const offsetAt = witness(zone);
    const sampled = Array.from({ length: 365 }, (_, index) => Date.UTC(2026, 0, 1) + index * 24 * HOUR);
    expect(sampled.filter((at) => segmentAt(zone, at).offset !== offsetAt(at))).toEqual([]);
    const segments = [320, 321, 322, 323, 324, 325, 326].flatMap((index) => segmentsOfPage(zone, index));
    const wrong = ({ from, to, offset }: OffsetSegment): boolean =>
      offsetAt(from) !== offset || offsetAt(to - 1000) !== offset;
    expect(segments.filter(wrong)).toEqual([]);
  });
});
