import { daysOfICal, ICalError } from './ical-days.js';

const WINDOW = { from: '2026-01-01', until: '2028-12-31' };
const event = (...lines: string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const feed = (...events: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Feriados//PT', ...events, 'END:VCALENDAR', ''].join('\r\n');
const whole = (date: string, name: string, ...more: string[]): string =>
  event(`UID:${name}-${date}`, `DTSTART;VALUE=DATE:${date}`, `SUMMARY:${name}`, ...more);
const days = (text: string, window = WINDOW): string[] =>
  daysOfICal(text, window).days.map(({ date, name, intervals }) => {
    expect(intervals).toEqual([]);
    return `${date} ${name}`;
  });
const skipped = (text: string): string[] => daysOfICal(text, WINDOW).skipped.map(({ reason }) => reason);

describe('days of an iCalendar text', () => {
  it('are one for each date an event covers, in order; the end is not covered', () => {
    const text = feed(
      whole('20261224', 'Recesso', 'DTEND;VALUE=DATE:20261227'),
      whole('20260125', 'Aniversário de São Paulo'),
      whole('20270101', 'Ano Novo', 'DURATION:P1D', 'TRANSP:TRANSPARENT'),
    );
    expect(days(text)).toEqual([
      '2026-01-25 Aniversário de São Paulo',
      '2026-12-24 Recesso',
      '2026-12-25 Recesso',
      '2026-12-26 Recesso',
      '2027-01-01 Ano Novo',
    ]);
  });

  it('follow rules within the window, without the dates a rule leaves out, with those it adds', () => {
    const yearly = whole(
      '20100709',
      'Data Magna',
      'RRULE:FREQ=YEARLY',
      'EXDATE;VALUE=DATE:20270709',
      'RDATE;VALUE=DATE:20270712',
    );
    expect(days(feed(yearly))).toEqual(['2026-07-09 Data Magna', '2027-07-12 Data Magna', '2028-07-09 Data Magna']);
    expect(days(feed(yearly), { from: '2026-07-10', until: '2027-06-30' })).toEqual([]);
    const thirdMonday = whole('20260119', 'Folga', 'RRULE:FREQ=MONTHLY;BYDAY=3MO;COUNT=3');
    expect(days(feed(thirdMonday))).toEqual(['2026-01-19 Folga', '2026-02-16 Folga', '2026-03-16 Folga']);
  });

  it('pass over years that do not have the date', () => {
    const leap = (rule: string): string[] => days(feed(whole('20200229', 'Bissexto', `RRULE:${rule}`)));
    expect(leap('FREQ=YEARLY')).toEqual(['2028-02-29 Bissexto']);
    expect(leap('FREQ=YEARLY;BYMONTH=2')).toEqual(['2028-02-29 Bissexto']);
    expect(leap('FREQ=YEARLY;COUNT=3')).toEqual(['2028-02-29 Bissexto']);
    expect(leap('FREQ=YEARLY;COUNT=2')).toEqual([]);
    const lastOfJanuary = whole('20260131', 'Balanço', 'RRULE:FREQ=MONTHLY;COUNT=3');
    expect(days(feed(lastOfJanuary))).toEqual(['2026-01-31 Balanço', '2026-03-31 Balanço', '2026-05-31 Balanço']);
  });

  it('last as long as the event says', () => {
    const text = feed(whole('20261228', 'Recesso', 'DURATION:P1W'));
    expect(days(text)).toHaveLength(7);
    expect(days(text).at(-1)).toBe('2027-01-03 Recesso');
  });

  it('follow changes of single occurrences', () => {
    const rule = event('UID:one', 'DTSTART;VALUE=DATE:20260309', 'SUMMARY:Inventário', 'RRULE:FREQ=YEARLY;COUNT=3');
    const moved = event(
      'UID:one',
      'RECURRENCE-ID;VALUE=DATE:20270309',
      'DTSTART;VALUE=DATE:20270311',
      'SUMMARY:Inventário',
    );
    const gone = event(
      'UID:one',
      'RECURRENCE-ID;VALUE=DATE:20280309',
      'DTSTART;VALUE=DATE:20280309',
      'STATUS:CANCELLED',
    );
    expect(days(feed(rule, moved, gone))).toEqual(['2026-03-09 Inventário', '2027-03-11 Inventário']);
  });

  it('have both names where two events share a date, and a name where an event has none', () => {
    const text = feed(
      whole('20261225', 'Natal'),
      whole('20261225', 'Recesso'),
      event('UID:x', 'DTSTART;VALUE=DATE:20261226'),
    );
    expect(days(text)).toEqual(['2026-12-25 Natal / Recesso', '2026-12-26 Feriado']);
  });

  it('read a text behind a byte order mark', () => {
    expect(days(`\uFEFF${feed(whole('20260907', 'Independência'))}`)).toEqual(['2026-09-07 Independência']);
  });

  it('read folded lines, escaped commas and other components', () => {
    const text = feed(
      ['BEGIN:VTIMEZONE', 'TZID:America/Sao_Paulo', 'END:VTIMEZONE'].join('\r\n'),
      event('UID:y', 'DTSTART;VALUE=DATE:20260907', 'SUMMARY:Independência\\, feriado nac', ' ional'),
    );
    expect(days(text)).toEqual(['2026-09-07 Independência, feriado nacional']);
  });

  it.each<[string, string, string]>([
    ['with a time of day', event('UID:a', 'DTSTART:20261225T120000Z', 'SUMMARY:Almoço'), 'not_whole_days'],
    ['that are cancelled', whole('20261225', 'Natal', 'STATUS:CANCELLED'), 'cancelled'],
    ['outside of the window', whole('20251225', 'Natal'), 'no_date_in_window'],
    ['with a rule by the hour', whole('20261225', 'x', 'RRULE:FREQ=HOURLY'), 'rule_unsupported'],
    ['without a start', event('UID:b', 'SUMMARY:Nada'), 'not_whole_days'],
  ])('pass over events %s, and say so', (_case, text, reason) => {
    expect(skipped(feed(text, whole('20260101', 'Ano Novo')))).toEqual([reason]);
    expect(days(feed(text, whole('20260101', 'Ano Novo')))).toEqual(['2026-01-01 Ano Novo']);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a page of the web', '<html></html>'],
    ['a card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Marina\r\nEND:VCARD\r\n'],
    ['half a text', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'],
    ['an event of centuries', feed(whole('19000101', 'x', 'DTEND;VALUE=DATE:29990101'))],
  ])('refuse %s', (_case, text) => {
    expect(() => daysOfICal(text, WINDOW)).toThrow(ICalError);
  });
});
