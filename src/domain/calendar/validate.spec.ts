import { validateCalendar } from './validate.js';
import type { CalendarSpec, LocalInterval } from './types.js';

const span = (from: string, to: string): LocalInterval => ({ from, to });
const on = (date: string, ...intervals: LocalInterval[]): CalendarSpec['exceptions'][number] => ({
  date,
  name: 'Feriado',
  intervals,
});
const spec = (part: Partial<CalendarSpec>): CalendarSpec => ({
  zone: 'America/Sao_Paulo',
  week: {},
  exceptions: [],
  ...part,
});
const found = (part: Partial<CalendarSpec>): readonly string[] =>
  validateCalendar(spec(part)).map(({ code, pointer }) => `${code} ${pointer}`);

describe('validateCalendar', () => {
  it.each<[string, Partial<CalendarSpec>]>([
    ['several intervals a day, in any order', { week: { mon: [span('13:00', '18:00'), span('09:00', '12:00')] } }],
    ['intervals that touch', { week: { mon: [span('09:00', '12:00'), span('12:00', '18:00')] } }],
    ['the whole day', { week: { mon: [span('00:00', '24:00')], tue: [span('00:00', '24:00')] } }],
    [
      'past midnight up to the next opening',
      { week: { fri: [span('22:00', '06:00')], sat: [span('06:00', '10:00')] } },
    ],
    ['24 hours from a time', { week: { mon: [span('09:00', '08:59')] } }],
    ['closed and half days', { exceptions: [on('2026-12-25'), on('2028-02-29', span('14:00', '18:00'))] }],
    [
      'an exception past midnight into hours that another exception replaces',
      {
        week: { fri: [span('01:00', '09:00')] },
        exceptions: [on('2026-03-05', span('22:00', '06:00')), on('2026-03-06', span('06:00', '09:00'))],
      },
    ],
    ['never open: that depends on the instant', {}],
  ])('takes %s', (_case, part) => {
    expect(found(part)).toEqual([]);
  });

  it.each<[string, Partial<CalendarSpec>, readonly string[]]>([
    ['an unknown zone', { zone: 'Brazil/Sao_Paulo' }, ['unknown_zone /zone']],
    ['an offset for a zone', { zone: '-03:00' }, ['unknown_zone /zone']],
    [
      'times that are none',
      { week: { mon: [span('9:00', '25:00')] }, exceptions: [on('2026-12-24', span('24:00', '12:60'))] },
      [
        'invalid_time /week/mon/0/from',
        'invalid_time /week/mon/0/to',
        'invalid_time /exceptions/0/intervals/0/from',
        'invalid_time /exceptions/0/intervals/0/to',
      ],
    ],
    ['an empty interval', { week: { tue: [span('09:00', '09:00')] } }, ['empty_interval /week/tue/0']],
    [
      'an overlap in a day, at the later one',
      { week: { wed: [span('11:00', '18:00'), span('09:00', '12:00')] } },
      ['overlapping_intervals /week/wed/0'],
    ],
    [
      'the same interval twice',
      { week: { wed: [span('09:00', '12:00'), span('09:00', '12:00')] } },
      ['overlapping_intervals /week/wed/1'],
    ],
    [
      'two inside a long one',
      { week: { wed: [span('08:00', '20:00'), span('09:00', '10:00'), span('11:00', '12:00')] } },
      ['overlapping_intervals /week/wed/1', 'overlapping_intervals /week/wed/2'],
    ],
    [
      'an overlap past midnight',
      { week: { thu: [span('22:00', '06:00')], fri: [span('05:00', '09:00')] } },
      ['overlapping_intervals /week/fri/0'],
    ],
    [
      'an overlap past midnight from Sunday to Monday',
      { week: { sun: [span('22:00', '06:00')], mon: [span('00:00', '01:00')] } },
      ['overlapping_intervals /week/mon/0'],
    ],
    [
      'an exception that overlaps the night before',
      { week: { thu: [span('22:00', '06:00')] }, exceptions: [on('2026-03-06', span('05:00', '09:00'))] },
      ['overlapping_intervals /exceptions/0/intervals/0'],
    ],
    [
      'an exception that runs into the hours of the next date',
      { week: { fri: [span('05:00', '09:00')] }, exceptions: [on('2026-03-05', span('22:00', '06:00'))] },
      ['overlapping_intervals /exceptions/0/intervals/0'],
    ],
    [
      'an exception that runs into the exception of the next date, whatever their order',
      { exceptions: [on('2026-03-06', span('05:00', '09:00')), on('2026-03-05', span('22:00', '06:00'))] },
      ['overlapping_intervals /exceptions/0/intervals/0'],
    ],
    [
      'dates that are none',
      { exceptions: [on('2026-02-29'), on('2026-2-3'), on('2026-13-01'), on('Natal')] },
      [0, 1, 2, 3].map((index) => `invalid_date /exceptions/${index}/date`),
    ],
    [
      'two exceptions for a date',
      { exceptions: [on('2026-12-25'), on('2026-12-24'), on('2026-12-25', span('09:00', '12:00'))] },
      ['duplicate_exception /exceptions/2/date'],
    ],
    [
      'an exception without a name',
      { exceptions: [{ date: '2026-12-25', name: ' ', intervals: [] }] },
      ['missing_name /exceptions/0/name'],
    ],
  ])('refuses %s', (_case, part, problems) => {
    expect(found(part)).toEqual(problems);
  });

  it('an exception that replaces the night before is no overlap', () => {
    const week = { thu: [span('22:00', '06:00')] };
    expect(found({ week, exceptions: [on('2026-03-05'), on('2026-03-06', span('05:00', '09:00'))] })).toEqual([]);
  });

  it('says what is wrong and what to write', () => {
    const [problem] = validateCalendar(spec({ week: { mon: [span('09:00', '09:00')] } }));
    expect(problem).toEqual({
      code: 'empty_interval',
      pointer: '/week/mon/0',
      message: 'The interval begins and ends at 09:00',
      remedy: 'Write 00:00 to 24:00 for a whole day, or remove the interval for none',
    });
  });
});
