import { WEEKDAYS } from '../calendar/types.js';
import { dutySpans, handoverWindow, workingSpans } from './duty-spans.js';
import type { Roster, RosterSpec, Shift } from './types.js';

const at = (text: string): number => Date.parse(text);

const shift = (part: Partial<Shift>): Shift => ({
  key: 'day',
  members: ['ana'],
  zone: 'America/Sao_Paulo',
  starts: '2026-01-05',
  rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  from: '09:00',
  to: '18:00',
  calendar: null,
  ...part,
});

const roster = (shifts: readonly Shift[], part: Partial<RosterSpec> = {}): Roster => ({
  key: 'r',
  version: 1,
  spec: { shifts, exceptions: [], swaps: [], ...part },
  calendars: [
    {
      key: 'br',
      version: 1,
      spec: {
        zone: 'America/Sao_Paulo',
        week: Object.fromEntries(WEEKDAYS.map((name) => [name, [{ from: '00:00', to: '24:00' }]])),
        exceptions: [
          { date: '2026-12-24', name: 'Véspera de Natal', intervals: [{ from: '00:00', to: '13:00' }] },
          { date: '2026-12-25', name: 'Natal', intervals: [] },
        ],
      },
    },
  ],
});

const spans = (of: Roster, from: string, to: string): readonly string[] =>
  dutySpans(of, at(from), at(to)).map(
    (span) =>
      `${span.memberId} ${span.shift} ${new Date(span.from).toISOString().slice(5, 16)} ${new Date(span.to).toISOString().slice(5, 16)}`,
  );

describe('who works when', () => {
  it('is read in the zone of each shift: two of them meet over midnight UTC', () => {
    const both = roster([
      shift({ key: 'sp' }),
      shift({ key: 'sz', members: ['li'], zone: 'Asia/Shanghai', from: '05:00', to: '20:00' }),
    ]);
    expect(spans(both, '2026-12-01T00:00:00Z', '2026-12-01T20:59:00Z')).toEqual([
      'li sz 11-30T21:00 12-01T12:00',
      'ana sp 12-01T12:00 12-01T21:00',
    ]);
  });

  it('runs past midnight, on the date on which the shift begins', () => {
    const night = roster([shift({ from: '22:00', to: '06:00' })]);
    expect(dutySpans(night, at('2026-12-05T03:00:00Z'), at('2026-12-05T04:00:00Z'))).toMatchObject([
      { date: '2026-12-04', from: at('2026-12-05T01:00:00Z'), to: at('2026-12-05T09:00:00Z') },
    ]);
    expect(spans(night, '2026-12-06T03:00:00Z', '2026-12-06T04:00:00Z')).toEqual([]);
  });

  it('keeps to the clock when clocks change: the hour that is skipped is missing, the repeated one is worked twice', () => {
    const ny = roster([shift({ zone: 'America/New_York', rule: 'FREQ=DAILY', from: '00:00', to: '08:00' })]);
    const hours = (date: string): number[] =>
      dutySpans(ny, at(`${date}T10:00:00Z`), at(`${date}T10:01:00Z`)).map(({ from, to }) => (to - from) / 3_600_000);
    expect([hours('2026-03-07'), hours('2026-03-08'), hours('2026-11-01')]).toEqual([[8], [7], [9]]);
  });

  it('is cut by the special days of the calendar a shift names, and by no ordinary closed hour', () => {
    const cut = roster([shift({ rule: 'FREQ=DAILY', calendar: 'br', from: '08:00', to: '22:00' })]);
    expect(spans(cut, '2026-12-23T12:00:00Z', '2026-12-26T12:00:00Z')).toEqual([
      'ana day 12-23T11:00 12-24T01:00',
      'ana day 12-24T11:00 12-24T16:00',
      'ana day 12-26T11:00 12-27T01:00',
    ]);
  });

  it('follows an exception instead of rule and holidays, on a date of no rule too', () => {
    const exceptions = [
      { shift: 'day', date: '2026-12-25', name: 'Plantão', intervals: [{ from: '10:00', to: '12:00' }] },
      { shift: 'day', date: '2026-12-26', name: 'Sábado', intervals: [{ from: '10:00', to: '12:00' }] },
      { shift: 'day', date: '2026-12-28', name: 'Folga', intervals: [] },
    ];
    const changed = roster([shift({ calendar: 'br' })], { exceptions });
    expect(spans(changed, '2026-12-25T00:00:00Z', '2026-12-29T00:00:00Z')).toEqual([
      'ana day 12-25T13:00 12-25T15:00',
      'ana day 12-26T13:00 12-26T15:00',
    ]);
  });

  it('gives a swapped part to another member, or to nobody, on that date alone', () => {
    const swaps = [
      { shift: 'day', date: '2026-12-01', member: 'ana', by: 'rui' },
      { shift: 'day', date: '2026-12-02', member: 'ana', by: null },
    ];
    const swapped = roster([shift({ members: ['ana', 'bia'] })], { swaps });
    const who = (date: string): string[] =>
      dutySpans(swapped, at(`${date}T15:00:00Z`), at(`${date}T15:01:00Z`)).map(({ memberId }) => memberId);
    expect([who('2026-12-01'), who('2026-12-02'), who('2026-12-03')]).toEqual([
      ['rui', 'bia'],
      ['bia'],
      ['ana', 'bia'],
    ]);
  });

  it('joins shifts of one member that touch or overlap, and keeps both hand-over sides on duty', () => {
    const handOver = roster([
      shift({ key: 'early', members: ['ana', 'rui'], from: '06:00', to: '14:00' }),
      shift({ key: 'late', members: ['bia', 'rui'], from: '13:30', to: '22:00' }),
    ]);
    const window = [at('2026-12-01T16:30:00Z'), at('2026-12-01T17:00:00Z')] as const;
    expect(new Set(dutySpans(handOver, ...window).map(({ memberId }) => memberId))).toEqual(
      new Set(['ana', 'bia', 'rui']),
    );
    const found = dutySpans(handOver, ...window);
    const early = found.filter(({ memberId, shift: key }) => memberId === 'ana' && key === 'early');
    expect(early.map((span) => handoverWindow(handOver, span))).toEqual([{ from: window[0], members: ['bia', 'rui'] }]);
    const late = found.filter(({ memberId }) => memberId === 'bia');
    expect(late.map((span) => handoverWindow(handOver, span))).toEqual([null]);
    expect(workingSpans(handOver, ['rui'], ...window)).toEqual([
      { from: at('2026-12-01T09:00:00Z'), to: at('2026-12-02T01:00:00Z') },
    ]);
  });
});
