import { parseDate, parseInterval, parseTime } from '../calendar/days.js';
import { isKnownZone } from '../calendar/zone.js';
import type { LocalInterval } from '../calendar/types.js';
import { emptinessFault, ruleFault } from './rule.js';
import type { RosterSpec, Shift } from './types.js';

export type RosterProblemCode =
  | 'unknown_zone'
  | 'invalid_time'
  | 'empty_interval'
  | 'overlapping_intervals'
  | 'invalid_date'
  | 'invalid_rule'
  | 'duplicate_shift'
  | 'duplicate_entry'
  | 'unknown_shift'
  | 'not_in_shift'
  | 'missing_name';

/** Why a roster cannot be used, where, and what to write instead. */
export type RosterProblem = {
  readonly code: RosterProblemCode;
  /** JSON pointer into the spec, for example `/shifts/0/rule`. */
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
};

/** Rules are worked out date by date from their beginning, which must not be centuries ago. */
const FIRST_YEAR = '2000';

/**
 * Every problem of a roster of the right shape, none if it can be used. Whether its members and calendars exist is asked of
 * the tenant.
 */
export function validateRoster(spec: RosterSpec): readonly RosterProblem[] {
  return [
    ...spec.shifts.flatMap((shift, index) => shiftProblems(shift, `/shifts/${index}`)),
    ...repeated(spec.shifts.map(({ key }) => key)).map(([index, key]) =>
      problem(
        'duplicate_shift',
        `/shifts/${index}/key`,
        `There are two shifts "${key}"`,
        'Give each shift its own key',
      ),
    ),
    ...exceptionProblems(spec),
    ...swapProblems(spec),
  ];
}

function shiftProblems(shift: Shift, pointer: string): readonly RosterProblem[] {
  const problems: RosterProblem[] = [...intervalProblems(shift, pointer)];
  if (!isKnownZone(shift.zone)) {
    const remedy = 'Name a zone of the IANA database, for example America/Sao_Paulo or Asia/Shanghai';
    problems.push(problem('unknown_zone', `${pointer}/zone`, `There is no time zone "${shift.zone}"`, remedy));
  }
  const begins = parseDate(shift.starts) !== null && shift.starts >= FIRST_YEAR;
  if (!begins) problems.push(invalidDate(`${pointer}/starts`, shift.starts));
  const fault = ruleFault(shift.rule) ?? (begins ? emptinessFault(shift) : null);
  if (fault !== null) {
    const remedy = 'Write FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR, or a DAILY or MONTHLY rule without times of day';
    problems.push(problem('invalid_rule', `${pointer}/rule`, `The rule cannot be used: ${fault}`, remedy));
  }
  return problems;
}

function exceptionProblems({ shifts, exceptions }: RosterSpec): readonly RosterProblem[] {
  const places = exceptions.map(({ shift, date }) => `${shift} on ${date}`);
  return [
    ...exceptions.flatMap(({ shift, date, name, intervals }, index) => {
      const pointer = `/exceptions/${index}`;
      const hours = intervals.flatMap((interval, at) => intervalProblems(interval, `${pointer}/intervals/${at}`));
      return [
        ...(shifts.some(({ key }) => key === shift) ? [] : [unknownShift(`${pointer}/shift`, shift)]),
        ...(parseDate(date) === null ? [invalidDate(`${pointer}/date`, date)] : []),
        ...(name.trim() === '' ? [missingName(`${pointer}/name`)] : []),
        ...hours,
        ...(hours.length === 0 && overlap(intervals) ? [overlapping(`${pointer}/intervals`, date)] : []),
      ];
    }),
    ...repeated(places).map(([index, place]) => duplicate(`/exceptions/${index}`, place)),
  ];
}

function swapProblems({ shifts, swaps }: RosterSpec): readonly RosterProblem[] {
  const places = swaps.map(({ shift, date, member }) => `${member} in ${shift} on ${date}`);
  return [
    ...swaps.flatMap(({ shift, date, member }, index) => {
      const pointer = `/swaps/${index}`;
      const known = shifts.find(({ key }) => key === shift);
      return [
        ...(known === undefined ? [unknownShift(`${pointer}/shift`, shift)] : []),
        ...(known?.members.includes(member) === false ? [notInShift(`${pointer}/member`, shift)] : []),
        ...(parseDate(date) === null ? [invalidDate(`${pointer}/date`, date)] : []),
      ];
    }),
    ...repeated(places).map(([index, place]) => duplicate(`/swaps/${index}`, place)),
  ];
}

function intervalProblems(interval: LocalInterval, pointer: string): readonly RosterProblem[] {
  const remedy = 'Write HH:MM from 00:00 to 23:59; an end may be 24:00';
  const bad = (['from', 'to'] as const).filter((end) => parseTime(interval[end], end) === null);
  if (bad.length > 0) {
    return bad.map((end) =>
      problem('invalid_time', `${pointer}/${end}`, `"${interval[end]}" is no time of day`, remedy),
    );
  }
  if (interval.from !== interval.to) return [];
  const message = `From ${interval.from} to ${interval.to} there is no time`;
  return [problem('empty_interval', `${pointer}/to`, message, 'For a whole day write 00:00 to 24:00')];
}

function overlap(intervals: readonly LocalInterval[]): boolean {
  const spans = intervals.flatMap((interval) => parseInterval(interval) ?? []).sort((a, b) => a.from - b.from);
  return spans.some((span, index) => span.from < (spans[index - 1]?.to ?? -Infinity));
}

/** Texts that stand for a second time, with their places. */
function repeated(texts: readonly string[]): readonly (readonly [number, string])[] {
  return [...texts.entries()].filter(([index, text]) => texts.indexOf(text) !== index);
}

function problem(code: RosterProblemCode, pointer: string, message: string, remedy: string): RosterProblem {
  return { code, pointer, message, remedy };
}

const invalidDate = (pointer: string, date: string): RosterProblem =>
  problem('invalid_date', pointer, `"${date}" is no date that can be used`, 'Write YYYY-MM-DD, from the year 2000 on');

const unknownShift = (pointer: string, shift: string): RosterProblem =>
  problem('unknown_shift', pointer, `There is no shift "${shift}"`, 'Name the key of a shift of this roster');

const notInShift = (pointer: string, shift: string): RosterProblem =>
  problem('not_in_shift', pointer, `The member does not work in "${shift}"`, 'Name a member of the shift itself');

const missingName = (pointer: string): RosterProblem =>
  problem('missing_name', pointer, 'The exception has no name', 'Say why the hours differ; reports show it');

const overlapping = (pointer: string, date: string): RosterProblem =>
  problem('overlapping_intervals', pointer, `Hours of ${date} overlap`, 'Join the intervals that overlap');

const duplicate = (pointer: string, place: string): RosterProblem =>
  problem('duplicate_entry', pointer, `There are two entries for ${place}`, 'Keep one entry');
