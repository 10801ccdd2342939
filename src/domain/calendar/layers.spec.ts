import fc from 'fast-check';
import { closedSpans } from './closed-spans.js';
import { labels } from './days.js';
import { LAYER_KINDS } from './layers.js';
import { validateCalendar } from './validate.js';
import { addWorking, elapsedWorking, isOpen } from './working-time.js';
import type { CalendarException, CalendarLayer, CalendarSpec, LayerKind, LocalInterval } from './types.js';

const NINE_TO_FIVE: LocalInterval[] = [{ from: '09:00', to: '17:00' }];
const MORNING: LocalInterval[] = [{ from: '09:00', to: '12:00' }];
const day = (date: string, name: string, intervals: LocalInterval[] = []): CalendarException => ({
  date,
  name,
  intervals,
});
const layer = (kind: LayerKind, exceptions: CalendarException[], more: Partial<CalendarLayer> = {}): CalendarLayer => ({
  kind,
  name: kind,
  source: 'A law',
  exceptions,
  ...more,
});
const spec = (layers: readonly CalendarLayer[], exceptions: CalendarException[] = []): CalendarSpec => ({
  zone: 'UTC',
  week: { mon: NINE_TO_FIVE, tue: NINE_TO_FIVE, wed: NINE_TO_FIVE, thu: NINE_TO_FIVE, fri: NINE_TO_FIVE },
  layers,
  exceptions,
});
const MONDAY = '2026-03-02';
const at = (time: string, date = MONDAY): number => Date.parse(`${date}T${time}:00Z`);
const openAt = (calendar: CalendarSpec, time: string): boolean => isOpen({ key: 'c', spec: calendar }, at(time));
const found = (calendar: CalendarSpec): string[] =>
  validateCalendar(calendar).map(({ code, pointer }) => `${code} ${pointer}`);

describe('layers', () => {
  it.each(LAYER_KINDS.slice(1).map((kind, index) => [kind, LAYER_KINDS[index] ?? kind] as const))(
    '%s days replace %s ones, in whichever order they are listed',
    (above, below) => {
      const upper = layer(above, [day(MONDAY, 'upper', MORNING)]);
      const lower = layer(below, [day(MONDAY, 'lower')]);
      for (const layers of [
        [upper, lower],
        [lower, upper],
      ]) {
        expect([openAt(spec(layers), '10:00'), openAt(spec(layers), '13:00')]).toEqual([true, false]);
      }
    },
  );

  it('of one kind replace each other as they are listed: a correction follows what it corrects', () => {
    const library = layer('national', [day(MONDAY, 'Feriado')], { name: 'library' });
    const correction = layer('national', [day(MONDAY, 'Dia útil', NINE_TO_FIVE)], { name: 'correction' });
    expect(openAt(spec([library, correction]), '10:00')).toBe(true);
    expect(openAt(spec([correction, library]), '10:00')).toBe(false);
  });

  it('yield to the days of the house itself', () => {
    const calendar = spec([layer('house', [day(MONDAY, 'Inventory')])], [day(MONDAY, 'Open all the same', MORNING)]);
    expect(openAt(calendar, '10:00')).toBe(true);
  });

  it('say nothing about days before they are in force', () => {
    const calendar = spec([
      layer('national', [day('2026-03-02', 'Early'), day('2026-03-09', 'Late')], { from: '2026-03-09' }),
    ]);
    expect(openAt(calendar, '10:00')).toBe(true);
    expect(isOpen({ key: 'c', spec: calendar }, at('10:00', '2026-03-09'))).toBe(false);
    expect(labels({ key: 'c', spec: calendar }, at('10:00'))).toEqual([]);
  });

  it('are named with their days, those that prevail last, and the ledger names the one that closed the day', () => {
    const calendar = {
      key: 'c',
      spec: spec(
        [layer('optional', [day(MONDAY, 'Ponte')]), layer('national', [day(MONDAY, 'Feriado')])],
        [day(MONDAY, 'Casa')],
      ),
    };
    expect(labels(calendar, at('10:00'))).toEqual(['national', 'Feriado', 'optional', 'Ponte', 'Casa']);
    expect(closedSpans(calendar, at('10:00'), at('11:00'))).toEqual([
      { from: at('10:00'), to: at('11:00'), name: 'Casa' },
    ]);
  });

  it('may open a weekend that is worked for a joined holiday', () => {
    const calendar = spec([layer('national', [day('2026-03-07', '调休', NINE_TO_FIVE)])]);
    expect(isOpen({ key: 'c', spec: calendar }, at('10:00', '2026-03-07'))).toBe(true);
    expect(isOpen({ key: 'c', spec: calendar }, at('10:00', '2026-03-14'))).toBe(false);
  });

  it.each<[string, CalendarSpec, string[]]>([
    ['a layer without a name', spec([layer('state', [], { name: ' ' })]), ['missing_name /layers/0/name']],
    ['a layer without a source', spec([layer('state', [], { source: '' })]), ['missing_source /layers/0/source']],
    ['a first date that is none', spec([layer('state', [], { from: '2026-02-30' })]), ['invalid_date /layers/0/from']],
    [
      'a date twice in one layer',
      spec([layer('state', [day(MONDAY, 'a'), day(MONDAY, 'b')])]),
      ['duplicate_exception /layers/0/exceptions/1/date'],
    ],
    ['a date in two layers', spec([layer('state', [day(MONDAY, 'a')]), layer('house', [day(MONDAY, 'b')])]), []],
    [
      'hours that run into those of the next day',
      spec([layer('house', [day(MONDAY, 'Night', [{ from: '22:00', to: '10:00' }])])]),
      ['overlapping_intervals /layers/0/exceptions/0/intervals/0'],
    ],
    [
      'hours that would, in a layer that yields',
      spec([layer('state', [day(MONDAY, 'Night', [{ from: '22:00', to: '10:00' }])])], [day(MONDAY, 'Closed')]),
      [],
    ],
  ])('are judged: %s', (_case, calendar, problems) => {
    expect(found(calendar)).toEqual(problems);
  });

  it('count like one list of days that holds the last word on each date', () => {
    const dates = Array.from({ length: 20 }, (_, index) =>
      new Date(at('00:00') + index * 86_400_000).toISOString().slice(0, 10),
    );
    const listed = fc.uniqueArray(fc.constantFrom(...dates), { maxLength: 12 });
    const layers = fc.array(fc.tuple(fc.constantFrom(...LAYER_KINDS), listed, fc.boolean()), { maxLength: 6 });
    fc.assert(
      fc.property(layers, fc.integer({ min: 1, max: 60 * 3_600_000 }), (drawn, ms) => {
        const made = drawn.map(([kind, on, half]) =>
          layer(
            kind,
            on.map((date) => day(date, kind, half ? MORNING : [])),
          ),
        );
        const last = new Map<string, CalendarException>();
        for (const kind of LAYER_KINDS)
          for (const { exceptions } of made.filter((candidate) => candidate.kind === kind))
            for (const exception of exceptions) last.set(exception.date, exception);
        const [layered, flat] = [
          { key: 'c', spec: spec(made) },
          { key: 'c', spec: spec([], [...last.values()]) },
        ];
        const end = addWorking(layered, at('08:00'), ms);
        expect(end).toBe(addWorking(flat, at('08:00'), ms));
        expect(elapsedWorking(layered, at('08:00'), end)).toBe(ms);
      }),
    );
  });
});
