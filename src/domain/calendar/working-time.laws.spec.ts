import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { closedSpans } from './closed-spans.js';
import { addBusinessDays } from './business-days.js';
import { labels, runsDryOn } from './days.js';
import { WEEKDAYS } from './types.js';
import { addWorking, closing, elapsedWorking, isOpen, nextOpening } from './working-time.js';
import type { ClosedSpan, KeyedCalendar, LocalInterval } from './types.js';

const DAY = 86_400_000;
const QUARTER = 900_000;

/** How far working time reaches at most. */
const CENTURY = 36_525 * DAY;

const clock = (quarters: number): string =>
  `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
const sameDay = fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { maxLength: 6 }).map((cuts) => {
  const sorted = cuts.toSorted((a, b) => a - b);
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => ({
    from: clock(sorted[2 * index] ?? 0),
    to: clock(sorted[2 * index + 1] ?? 0),
  }));
});
/** Past midnight, free to overlap the next date's hours: the calculus takes the union. */
const overnight = fc
  .tuple(fc.integer({ min: 80, max: 95 }), fc.integer({ min: 1, max: 16 }))
  .map(([from, to]): LocalInterval[] => [{ from: clock(from), to: clock(to) }]);
const intervals = fc
  .tuple(sameDay, fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: overnight }))
  .map((parts): LocalInterval[] => parts.flat());

const FIRST_DAY = Date.UTC(2026, 0, 1) / DAY;
const dates = fc
  .integer({ min: 0, max: 729 })
  .map((offset) => new Date((FIRST_DAY + offset) * DAY).toISOString().slice(0, 10));
const exceptions = fc.uniqueArray(
  fc.record({ date: dates, name: fc.constantFrom('Natal', 'Carnaval', 'Finados'), intervals }),
  { selector: ({ date }) => date, maxLength: 12 },
);
const zones = fc.constantFrom(
  'America/Sao_Paulo',
  'America/Santiago',
  'America/New_York',
  'Europe/Lisbon',
  'Asia/Shanghai',
  'Australia/Lord_Howe',
);
const calendars = fc
  .record({
    zone: zones,
    week: fc
      .array(intervals, { minLength: 6, maxLength: 6 })
      .map((rest) =>
        Object.fromEntries([[{ from: '09:00', to: '12:30' }], ...rest].map((day, i) => [WEEKDAYS[i], day])),
      ),
    exceptions,
  })
  .map((spec): KeyedCalendar => ({ key: 'any', spec: spec }));

/** Around the clock changes and the quarter hours at which intervals begin and end, and anywhere between. */
const instants = fc
  .tuple(
    fc.integer({ min: 0, max: 729 * 96 }),
    fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: QUARTER })),
  )
  .map(([quarters, rest]) => FIRST_DAY * DAY + quarters * QUARTER + rest);
const durations = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((n) => n * QUARTER),
  fc.integer({ min: 0, max: 60 * DAY }),
);
const positive = durations.map((ms) => ms + 1);

/** Open by reading the clock on the wall: no arithmetic on instants. */
const readsOpen = ({ spec }: KeyedCalendar, at: number): boolean => {
  const now = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(spec.zone).toPlainDateTime();
  const beginningOn = (date: Temporal.PlainDate): readonly LocalInterval[] =>
    spec.exceptions.find((exception) => exception.date === date.toString())?.intervals ??
    spec.week[WEEKDAYS[date.dayOfWeek - 1] ?? 'mon'] ??
    [];
  const time = now.toPlainTime().toString({ fractionalSecondDigits: 3 });
  const today = now.toPlainDate();
  return (
    beginningOn(today).some(({ from, to }) => from <= time && (to <= from || time < to)) ||
    beginningOn(today.subtract({ days: 1 })).some(({ from, to }) => to <= from && time < to)
  );
};

const law = <Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  check: (...values: Values) => void,
): void => {
  fc.assert(fc.property(...arbitraries, check), { numRuns: 100 });
};

describe('laws of working time', () => {
  it('open is what the clock on the wall says', () => {
    law([calendars, fc.array(instants, { minLength: 1, maxLength: 8 })], (house, moments) => {
      for (const at of moments) expect([at, isOpen(house, at)]).toEqual([at, readsOpen(house, at)]);
    });
  });

  it('elapsed inverts add, forwards and backwards', () => {
    law([calendars, instants, durations], (house, a, d) => {
      expect(elapsedWorking(house, a, addWorking(house, a, d))).toBe(d);
      expect(elapsedWorking(house, a, addWorking(house, a, -d))).toBe(0 - d);
    });
  });

  it('add ends at the first instant that will do', () => {
    law([calendars, instants, positive], (house, a, d) => {
      const end = addWorking(house, a, d);
      expect(elapsedWorking(house, a, end - 1)).toBe(d - 1);
    });
  });

  it('going back ends at the last instant that will do', () => {
    law([calendars, instants, positive], (house, a, d) => {
      const end = addWorking(house, a, -d);
      expect(elapsedWorking(house, end + 1, a)).toBe(d - 1);
    });
  });

  it('back and forth is where one was, or the opening the start moved to', () => {
    law([calendars, instants, positive], (house, a, d) => {
      expect(addWorking(house, addWorking(house, a, d), -d)).toBe(nextOpening(house, a));
    });
  });

  it('forth and back again returns to every instant that working time can end at', () => {
    law([calendars, instants, positive, positive], (house, a, d, back) => {
      const end = addWorking(house, a, d);
      expect(addWorking(house, addWorking(house, end, -back), back)).toBe(end);
    });
  });

  it('add is additive and monotone', () => {
    law([calendars, instants, instants, durations, durations], (house, a, b, c, d) => {
      const end = addWorking(house, a, c + d);
      expect(addWorking(house, addWorking(house, a, c), d)).toBe(end);
      expect(end).toBeGreaterThanOrEqual(addWorking(house, a, c));
      const [early, late] = a <= b ? [a, b] : [b, a];
      expect(addWorking(house, early, d)).toBeLessThanOrEqual(addWorking(house, late, d));
    });
  });

  it('elapsed is additive in any order and never more than the wall', () => {
    law([calendars, instants, instants, instants], (house, a, b, c) => {
      expect(elapsedWorking(house, a, b) + elapsedWorking(house, b, c)).toBe(elapsedWorking(house, a, c));
      expect(Math.abs(elapsedWorking(house, a, b))).toBeLessThanOrEqual(Math.abs(b - a));
    });
  });

  it('an opening is open after closed time only, a closing closed after open time only', () => {
    law([calendars, instants], (house, at) => {
      const opening = nextOpening(house, at);
      expect([isOpen(house, opening), elapsedWorking(house, at, opening)]).toEqual([true, 0]);
      const end = closing(house, opening);
      if (end === null) return;
      expect([isOpen(house, end), elapsedWorking(house, opening, end)]).toEqual([false, end - opening]);
    });
  });
});

/** Hours on some weekdays or on none, dates with and without hours, and one long closing: most of them run dry some time. */
const sparse = fc
  .record({
    zone: zones,
    week: fc
      .array(fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: intervals }), { maxLength: 7 })
      .map((days) => Object.fromEntries(days.map((day, index) => [WEEKDAYS[index], day]))),
    exceptions,
    shut: fc.tuple(fc.integer({ min: 0, max: 729 }), fc.integer({ min: 0, max: 500 })),
  })
  .map(({ shut: [from, length], exceptions: own, ...spec }): KeyedCalendar => {
    const dated = Array.from({ length }, (_, index) => new Date((FIRST_DAY + from + index) * DAY));
    const closed = dated.map((at) => ({ date: at.toISOString().slice(0, 10), name: 'Reforma', intervals: [] }));
    const layer = { kind: 'optional' as const, name: 'Reforma', source: 'Aviso', exceptions: closed };
    return { key: 'sparse', spec: { ...spec, layers: [layer], exceptions: own } };
  });

describe('laws of calendars that may run dry', () => {
  it('whatever they say, working time ends within a century, and elapsed inverts it where it did not end for that', () => {
    const check = (house: KeyedCalendar, a: number, d: number): void => {
      const end = addWorking(house, a, d);
      const elapsed = elapsedWorking(house, a, end);
      const reach = Math.abs(end - a);
      expect(reach).toBeLessThanOrEqual(CENTURY);
      if (reach < CENTURY) expect(elapsed).toBe(d);
      else expect(Math.abs(elapsed)).toBeLessThanOrEqual(Math.abs(d));
    };
    law([sparse, instants, durations], (house, a, d) => {
      check(house, a, d);
      check(house, a, 0 - d);
    });
  });

  it('a quarter of an hour a week reaches a century after 54 days of work, and not beyond', () => {
    const weekly: KeyedCalendar = {
      key: 'weekly',
      spec: { zone: 'America/Sao_Paulo', week: { mon: [{ from: '09:00', to: '09:15' }] }, exceptions: [] },
    };
    const start = FIRST_DAY * DAY;
    const end = addWorking(weekly, start, 60 * DAY);
    expect(end).toBe(start + CENTURY);
    expect(elapsedWorking(weekly, start, end)).toBeLessThan(60 * DAY);
  });

  it('an opening is at most 400 closed dates away, and each business day comes later than the one before', () => {
    law([sparse, instants], (house, at) => {
      const opening = nextOpening(house, at);
      expect(isOpen(house, opening)).toBe(true);
      // The rest of the date that closed, 400 dates, and the night before the hours of the next.
      expect(opening - at).toBeLessThanOrEqual(402 * DAY + 4 * QUARTER);
      const days = [1, 2, 3].map((n) => addBusinessDays(house, at, n));
      expect(days).toEqual([...new Set(days)].toSorted((a, b) => a - b));
    });
  });

  it('one that is taken never does: it is open by what is written alone, now and later', () => {
    law([sparse, instants, fc.array(fc.nat(900 * DAY), { minLength: 1, maxLength: 8 })], (house, at, later) => {
      fc.pre(runsDryOn(house, at) === null);
      const { layers = [], exceptions: own } = house.spec;
      const written = { ...house, spec: { ...house.spec, exceptions: [...own, ...(layers[0]?.exceptions ?? [])] } };
      const moments = later.map((ms) => at + ms);
      for (const moment of moments)
        expect([moment, isOpen(house, moment)]).toEqual([moment, readsOpen(written, moment)]);
    });
  });
});

describe('laws of closed spans', () => {
  it('closed and open time partition any stretch, each closed piece under the name of its date', () => {
    law([calendars, instants, fc.integer({ min: 0, max: 90 * DAY })], (house, a, length) => {
      const b = a + length;
      const spans = closedSpans(house, a, b);
      const ends = [a, ...spans.flatMap(({ from, to }) => [from, to]), b];
      expect(ends).toEqual(ends.toSorted((x, y) => x - y));
      const named = (at: number, name: string | null): boolean => labels(house, at).join() === (name ?? '');
      const wrong = ({ from, to, name }: ClosedSpan): boolean =>
        from === to || isOpen(house, from) || isOpen(house, to - 1) || !named(from, name) || !named(to - 1, name);
      expect(spans.filter(wrong)).toEqual([]);
      const shut = spans.reduce((sum, { from, to }) => sum + to - from, 0);
      expect(shut + elapsedWorking(house, a, b)).toBe(length);
    });
  });
});
