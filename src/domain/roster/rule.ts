import ICAL from 'ical.js';
import { parseDate } from '../calendar/days.js';
import { DAY_MS } from '../calendar/zone.js';
import type { Shift } from './types.js';

/**
 * Recurrence rules of shifts: the part of RFC 5545 that speaks of dates alone and whose next date always exists, so that no
 * rule can make a search run for ever. A day that is written with its own words (`exceptions`) needs no rarer rule.
 */
const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  DAILY: new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL']),
  WEEKLY: new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST']),
  MONTHLY: new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY']),
};

const WEEKDAY = '(?:MO|TU|WE|TH|FR|SA|SU)';
const list = (item: string): RegExp => new RegExp(`^${item}(?:,${item})*$`);
const UNTIL = /^(\d{4})(\d{2})(\d{2})$/;
const VALUES: Readonly<Record<string, RegExp>> = {
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL,
  WKST: new RegExp(`^${WEEKDAY}$`),
  BYMONTHDAY: list('-?(?:[1-9]|[12]\\d|3[01])'),
};
const BYDAY: Readonly<Record<string, RegExp>> = { WEEKLY: list(WEEKDAY), MONTHLY: list(`(?:-?[1-5])?${WEEKDAY}`) };

/** What is wrong with a rule, in one sentence, or null. */
export function ruleFault(rule: string): string | null {
  const pairs = rule.split(';').map((part): [string, string] => {
    const equals = part.indexOf('=');
    return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  });
  const parts = new Map(pairs);
  if (parts.size !== pairs.length) return 'It names a part twice';
  const frequency = parts.get('FREQ') ?? '';
  const known = PARTS[frequency];
  if (known === undefined) return 'FREQ must be DAILY, WEEKLY or MONTHLY';
  for (const [name, value] of parts) {
    if (!known.has(name)) return `${name} has no place in a ${frequency} rule`;
    const form = name === 'BYDAY' ? BYDAY[frequency] : VALUES[name];
    if (form !== undefined && !form.test(value)) return `${name}=${value} cannot be read`;
  }
  if (parts.has('BYDAY') && parts.has('BYMONTHDAY')) return 'BYDAY and BYMONTHDAY exclude each other';
  if (parts.has('COUNT') && parts.has('UNTIL')) return 'COUNT and UNTIL exclude each other';
  const until = UNTIL.exec(parts.get('UNTIL') ?? '');
  if (until !== null && parseDate(`${until[1]}-${until[2]}-${until[3]}`) === null) return 'UNTIL is no date';
  return null;
}

/**
 * The fault of a rule that reads well and never falls on a date, such as the 31st every twelve months from a February on;
 * null when it does.
 * @param shift whose rule and `starts` are sound by themselves
 */
export function emptinessFault(shift: Pick<Shift, 'rule' | 'starts'>): string | null {
  try {
    return iterate(shift)() === null ? 'It never falls on a date' : null;
  } catch {
    return 'It never falls on a date';
  }
}

/** The dates of a rule as far as they have been worked out. */
type Known = { readonly days: number[]; readonly next: () => number | null; done: boolean };

const knownByShift = new WeakMap<Shift, Known>();

/**
 * Dates on which the rule of a shift falls, as epoch days from `first` to `last`, both included, in order. The rule alone
 * decides: `starts` is one of them only if the rule says so.
 * @param shift of a validated roster
 */
export function ruleDays(shift: Shift, first: number, last: number): readonly number[] {
  let known = knownByShift.get(shift);
  if (known === undefined) {
    known = { days: [], next: iterate(shift), done: false };
    knownByShift.set(shift, known);
  }
  while (!known.done && (known.days.at(-1) ?? -Infinity) <= last) {
    const day = known.next();
    if (day === null) known.done = true;
    else known.days.push(day);
  }
  return known.days.filter((day) => day >= first && day <= last);
}

function iterate({ rule, starts }: Pick<Shift, 'rule' | 'starts'>): () => number | null {
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateString(starts));
  return () => {
    // The declaration leaves out that there may be no further one.
    const at = iterator.next() as ICAL.Time | null | undefined;
    return at === null || at === undefined ? null : Date.UTC(at.year, at.month - 1, at.day) / DAY_MS;
  };
}
