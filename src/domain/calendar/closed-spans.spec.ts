import { Temporal } from 'temporal-polyfill';
import { closedSpans } from './closed-spans.js';
import { labels } from './days.js';
import type { ClosedSpan, KeyedCalendar } from './types.js';

const BR = 'America/Sao_Paulo';
const HOUR = 3_600_000;
const instant = (local: string): number => Temporal.PlainDateTime.from(local).toZonedDateTime(BR).epochMilliseconds;
const day = [{ from: '09:00', to: '18:00' }];
const office: KeyedCalendar = {
  key: 'office',
  spec: {
    zone: BR,
    week: { mon: day, tue: day, wed: day, thu: day, fri: day },
    exceptions: [
      { date: '2026-02-16', name: 'Carnaval', intervals: [] },
      { date: '2026-02-17', name: 'Carnaval', intervals: [] },
      { date: '2026-02-18', name: 'Quarta-feira de Cinzas', intervals: [{ from: '14:00', to: '18:00' }] },
    ],
  },
};

describe('closedSpans', () => {
  const between = (from: string, to: string): readonly (readonly [number, number, string | null])[] =>
    closedSpans(office, instant(from), instant(to)).map((span) => [span.from, span.to, span.name]);

  it('cuts at midnight where the reason changes, not where it goes on', () => {
    expect(between('2026-02-13T17:00', '2026-02-19T10:00')).toEqual([
      [instant('2026-02-13T18:00'), instant('2026-02-16T00:00'), null],
      [instant('2026-02-16T00:00'), instant('2026-02-18T00:00'), 'Carnaval'],
      [instant('2026-02-18T00:00'), instant('2026-02-18T14:00'), 'Quarta-feira de Cinzas'],
      [instant('2026-02-18T18:00'), instant('2026-02-19T00:00'), 'Quarta-feira de Cinzas'],
      [instant('2026-02-19T00:00'), instant('2026-02-19T09:00'), null],
    ]);
  });

  it('a closed date ends at its own midnight when the clocks change on it', () => {
    const zone = 'America/New_York';
    const every = { from: '09:00', to: '18:00' };
    const house: KeyedCalendar = {
      key: 'house',
      spec: {
        zone,
        week: { sat: [every], sun: [every], mon: [every] },
        exceptions: [
          { date: '2026-03-08', name: 'Spring', intervals: [] },
          { date: '2026-11-01', name: 'Autumn', intervals: [] },
        ],
      },
    };
    const midnight = (date: string): number => Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
    const named = (a: string, b: string): readonly ClosedSpan[] =>
      closedSpans(house, midnight(a), midnight(b)).filter(({ name }) => name !== null);
    expect(named('2026-03-07', '2026-03-10')).toEqual([
      { from: midnight('2026-03-08'), to: midnight('2026-03-09'), name: 'Spring' },
    ]);
    expect(named('2026-10-31', '2026-11-03')).toEqual([
      { from: midnight('2026-11-01'), to: midnight('2026-11-02'), name: 'Autumn' },
    ]);
  });

  it('clips to what was asked', () => {
    expect(between('2026-02-17T03:00', '2026-02-17T04:00')).toEqual([
      [instant('2026-02-17T03:00'), instant('2026-02-17T04:00'), 'Carnaval'],
    ]);
  });

  it('is empty inside open hours and for an empty or reversed stretch', () => {
    expect(between('2026-02-12T09:00', '2026-02-12T18:00')).toEqual([]);
    expect(between('2026-02-17T03:00', '2026-02-17T03:00')).toEqual([]);
    expect(between('2026-02-17T04:00', '2026-02-17T03:00')).toEqual([]);
  });

  it('a year is one list over all pages', () => {
    const spans = closedSpans(office, instant('2026-01-01T00:00'), instant('2027-01-01T00:00'));
    const open = spans.reduce((wall, { from, to }) => wall - (to - from), 365 * 24 * HOUR);
    // 261 weekdays, less Carnival's two and the first five hours of Ash Wednesday.
    expect(open).toBe((259 * 9 - 5) * HOUR);
  });
});

describe('labels', () => {
  it('are the names of the local date', () => {
    expect(labels(office, instant('2026-02-16T00:00'))).toEqual(['Carnaval']);
    expect(labels(office, instant('2026-02-18T23:59'))).toEqual(['Quarta-feira de Cinzas']);
    expect(labels(office, instant('2026-02-19T00:00'))).toEqual([]);
  });
});
