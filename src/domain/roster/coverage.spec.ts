import { localSpan, uncoveredSpans } from './coverage.js';
import type { StaffedQueue } from './coverage.js';

const at = (text: string): number => Date.parse(text);
const everyDay = (from: string, to: string) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [{ from, to }]]));

const calendar = (from: string, to: string) => ({
  key: 'shop',
  version: 1,
  spec: { zone: 'America/Sao_Paulo', week: everyDay(from, to), exceptions: [] },
});

const queue: StaffedQueue = {
  calendar: calendar('00:00', '24:00'),
  members: [
    { id: 'ana', languages: ['pt-BR'] },
    { id: 'li', languages: ['zh-CN', 'en'] },
  ],
  roster: {
    key: 'r',
    version: 1,
    spec: {
      shifts: [
        {
          key: 'sp',
          members: ['ana'],
          zone: 'America/Sao_Paulo',
          starts: '2026-01-01',
          rule: 'FREQ=DAILY',
          from: '08:00',
          to: '22:00',
          calendar: 'br',
        },
        {
          key: 'sz',
          members: ['li'],
          zone: 'Asia/Shanghai',
          starts: '2026-01-01',
          rule: 'FREQ=DAILY',
          from: '09:00',
          to: '19:00',
          calendar: null,
        },
      ],
      exceptions: [],
      swaps: [],
    },
    calendars: [
      {
        key: 'br',
        version: 1,
        spec: {
          zone: 'America/Sao_Paulo',
          week: everyDay('00:00', '24:00'),
          exceptions: [{ date: '2026-12-24', name: 'Véspera de Natal', intervals: [{ from: '00:00', to: '13:00' }] }],
        },
      },
    ],
  },
};

const christmasEve = [at('2026-12-24T03:00:00Z'), at('2026-12-25T03:00:00Z')] as const;

describe('uncovered hours', () => {
  it('name what a holiday leaves open between two zones', () => {
    const gaps = uncoveredSpans(queue, null, ...christmasEve);
    expect(gaps).toEqual([
      { from: at('2026-12-24T16:00:00Z'), to: at('2026-12-25T01:00:00Z'), holidays: ['Véspera de Natal'] },
    ]);
    expect(gaps.map((gap) => localSpan(gap, 'America/Sao_Paulo').replaceAll(/\s/g, ''))).toEqual([
      '24Dec2026,13:00–22:00(America/Sao_Paulo)',
    ]);
  });

  it('count a language as covered by whoever answers in it', () => {
    const local = (language: string): readonly string[] =>
      uncoveredSpans(queue, language, ...christmasEve).map(
        ({ from, to }) => `${new Date(from).toISOString().slice(11, 16)} ${new Date(to).toISOString().slice(11, 16)}`,
      );
    expect(local('pt')).toEqual(['03:00 11:00', '16:00 03:00']);
    expect(local('zh-TW')).toEqual(['11:00 01:00']);
  });

  it('are asked only while the queue is to be answered', () => {
    const office = { ...queue, calendar: calendar('09:00', '15:00') };
    expect(uncoveredSpans(office, null, ...christmasEve)).toEqual([
      { from: at('2026-12-24T16:00:00Z'), to: at('2026-12-24T18:00:00Z'), holidays: ['Véspera de Natal'] },
    ]);
  });

  it('are none for a queue without a roster, unless it has nobody at all', () => {
    expect(uncoveredSpans({ ...queue, roster: null }, null, ...christmasEve)).toEqual([]);
    const empty = { ...queue, roster: null, members: [] };
    expect(uncoveredSpans(empty, null, ...christmasEve)).toEqual([
      { from: christmasEve[0], to: christmasEve[1], holidays: [] },
    ]);
  });
});
