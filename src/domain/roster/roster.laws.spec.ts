import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { isOpen } from '../calendar/working-time.js';
import { coveredSpans, uncoveredSpans } from './coverage.js';
import { dutySpans, workingSpans } from './duty-spans.js';
import { ruleDays, ruleFault } from './rule.js';
import type { Roster, Shift, Swap } from './types.js';
import { validateRoster } from './validate.js';

const DAY = 86_400_000;
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const MEMBERS = ['ana', 'bia', 'li', 'rui'];

const clock = (quarters: number): string =>
  `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
const times = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 0, max: 95 }))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ from: clock(from), to: clock(to) }));
const weekdays = fc.subarray(DAYS, { minLength: 1 });
const interval = fc.integer({ min: 1, max: 4 });
const rules = fc.oneof(
  interval.map((n) => ({ n, freq: 'DAILY', days: null as string[] | null, dates: null as number[] | null })),
  fc.tuple(interval, weekdays).map(([n, days]) => ({ n, freq: 'WEEKLY', days: days, dates: null })),
  fc
    .tuple(interval, fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 4 }))
    .map(([n, dates]) => ({ n, freq: 'MONTHLY', days: null, dates: dates })),
);
type Rule = {
  readonly n: number;
  readonly freq: string;
  readonly days: string[] | null;
  readonly dates: number[] | null;
};
const written = ({ n, freq, days, dates }: Rule): string =>
  [
    `FREQ=${freq}`,
    ...(n === 1 ? [] : [`INTERVAL=${n}`]),
    ...(days === null ? [] : [`BYDAY=${days.join(',')}`]),
    ...(dates === null ? [] : [`BYMONTHDAY=${dates.join(',')}`]),
  ].join(';');

const FIRST = Date.UTC(2026, 0, 1) / DAY;
const dates = fc.integer({ min: FIRST, max: FIRST + 60 }).map((day) => new Date(day * DAY).toISOString().slice(0, 10));
const zones = fc.constantFrom('America/Sao_Paulo', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe');

/** What the rule means, asked of one date: nothing is iterated. */
function fallsOn({ n, freq, days, dates: monthDays }: Rule, starts: string, date: Temporal.PlainDate): boolean {
  const begin = Temporal.PlainDate.from(starts);
  if (Temporal.PlainDate.compare(date, begin) < 0) return false;
  if (freq === 'DAILY') return begin.until(date).days % n === 0;
  if (freq === 'WEEKLY') {
    const monday = (of: Temporal.PlainDate): Temporal.PlainDate => of.subtract({ days: of.dayOfWeek - 1 });
    const weeks = monday(begin).until(monday(date)).days / 7;
    return weeks % n === 0 && (days ?? []).includes(DAYS[date.dayOfWeek - 1] ?? '');
  }
  const months = (date.year - begin.year) * 12 + date.month - begin.month;
  return months % n === 0 && (monthDays ?? []).includes(date.day);
}

const shifts = fc
  .record({ rule: rules, starts: dates, zone: zones, hours: times, members: fc.subarray(MEMBERS) })
  .map(({ rule, starts, zone, hours, members }) => ({
    meaning: rule,
    shift: { key: 'a', members, zone, starts, rule: written(rule), ...hours, calendar: null } satisfies Shift,
  }));

const rosterOf = (given: readonly Shift[], swaps: readonly Swap[] = []): Roster => ({
  key: 'any',
  version: 1,
  spec: { shifts: given.map((shift, index) => ({ ...shift, key: `s${index}` })), exceptions: [], swaps },
  calendars: [],
});
const rosters = fc.array(shifts, { maxLength: 4 }).map((made) => rosterOf(made.map(({ shift }) => shift)));
const instants = fc.integer({ min: FIRST * 96, max: (FIRST + 150) * 96 }).map((quarter) => quarter * 900_000 + 7);

describe('rosters', () => {
  it('follow each rule on exactly the dates it means', () => {
    fc.assert(
      fc.property(shifts, ({ meaning, shift }) => {
        expect(ruleFault(shift.rule)).toBeNull();
        // Some rules of the 31st meet no such month; such a roster is refused.
        fc.pre(validateRoster(rosterOf([shift]).spec).length === 0);
        const all = Array.from({ length: 150 }, (_, index) => FIRST + index);
        const meant = all.filter((day) =>
          fallsOn(meaning, shift.starts, Temporal.PlainDate.from(new Date(day * DAY).toISOString().slice(0, 10))),
        );
        expect(ruleDays(shift, FIRST, FIRST + 149)).toEqual(meant);
      }),
      { numRuns: 150 },
    );
  });

  it('have somebody at work exactly while the clock of the shift reads inside its hours', () => {
    fc.assert(
      fc.property(shifts, instants, ({ meaning, shift }, at) => {
        fc.pre(validateRoster(rosterOf([shift]).spec).length === 0);
        const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(shift.zone);
        const reading = local.toPlainTime().toString().slice(0, 5);
        const overnight = shift.to <= shift.from;
        const today = fallsOn(meaning, shift.starts, local.toPlainDate());
        const yesterday = fallsOn(meaning, shift.starts, local.toPlainDate().subtract({ days: 1 }));
        const works = overnight
          ? (today && reading >= shift.from) || (yesterday && reading < shift.to)
          : today && reading >= shift.from && reading < shift.to;
        const found = dutySpans(rosterOf([shift]), at, at + 1).map(({ memberId }) => memberId);
        expect(new Set(found)).toEqual(new Set(works ? shift.members : []));
      }),
      { numRuns: 1_000 },
    );
  });

  it('give the same answer for a span as for its parts', () => {
    fc.assert(
      fc.property(rosters, instants, fc.integer({ min: 1, max: 80 * DAY }), fc.nat(), (roster, from, length, at) => {
        fc.pre(validateRoster(roster.spec).length === 0);
        const [to, middle] = [from + length, from + (at % length)];
        const whole = workingSpans(roster, MEMBERS, from, to);
        const works = (spans: typeof whole, instant: number): boolean =>
          spans.some((span) => span.from <= instant && instant < span.to);
        expect(works(whole, middle)).toBe(works(workingSpans(roster, MEMBERS, middle, middle + 1), middle));
        expect(whole.every((span, index) => span.from < span.to && span.from > (whole[index - 1]?.to ?? -1))).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('lose and gain nobody’s hours by a swap but those of the two', () => {
    fc.assert(
      fc.property(shifts, dates, fc.constantFrom(...MEMBERS), ({ shift }, date, by) => {
        const member = shift.members[0];
        fc.pre(
          member !== undefined && !shift.members.includes(by) && validateRoster(rosterOf([shift]).spec).length === 0,
        );
        const swap = { shift: 's0', date, member: member ?? '', by };
        const [from, to] = [(FIRST - 2) * DAY, (FIRST + 90) * DAY];
        const hours = (swaps: readonly Swap[], ids: readonly string[]): number =>
          dutySpans(rosterOf([shift], swaps), from, to)
            .filter(({ memberId }) => ids.includes(memberId))
            .reduce((sum, span) => sum + span.to - span.from, 0);
        const pair = [member ?? '', by];
        const others = MEMBERS.filter((id) => !pair.includes(id));
        expect(hours([swap], pair)).toBe(hours([], pair));
        expect(hours([swap], others)).toBe(hours([], others));
      }),
      { numRuns: 300 },
    );
  });

  it('are uncovered exactly while the queue is open and nobody who is asked for works', () => {
    const week = fc
      .array(fc.constantFrom([], [{ from: '08:00', to: '20:00' }], [{ from: '00:00', to: '24:00' }]), {
        minLength: 7,
        maxLength: 7,
      })
      .map((days) =>
        Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d, i) => [d, days[i] ?? []])),
      );
    fc.assert(
      fc.property(
        rosters,
        week,
        instants,
        fc.integer({ min: 1, max: 40 * DAY }),
        fc.nat(),
        (roster, hours, from, length, n) => {
          fc.pre(validateRoster(roster.spec).length === 0);
          const calendar = { key: 'q', version: 1, spec: { zone: 'America/Sao_Paulo', week: hours, exceptions: [] } };
          const members = MEMBERS.map((id, index) => ({ id, languages: index < 2 ? ['pt-BR'] : ['zh-CN'] }));
          const queue = { calendar, roster, members };
          const [to, at] = [from + length, from + (n % length)];
          const holds = (spans: readonly { from: number; to: number }[]): boolean =>
            spans.some((span) => span.from <= at && at < span.to);
          for (const language of [null, 'pt', 'zh']) {
            const uncovered = holds(uncoveredSpans(queue, language, from, to));
            expect(uncovered).toBe(isOpen(calendar, at) && !holds(coveredSpans(queue, language, from, to)));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
