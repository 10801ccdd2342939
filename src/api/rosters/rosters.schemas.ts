import { z } from 'zod';
import { localSpan } from '../../domain/roster/coverage.js';
import type { RosterSpec } from '../../domain/roster/types.js';
import type { NamedMember } from '../../modules/identity/index.js';
import type { QueueGap, QueueOnDuty } from '../../modules/queue/index.js';
import type { ConfiguredRoster } from '../../modules/roster/index.js';
import { instantQuery } from '../inquiries/inquiry-shapes.js';
import { pageQuery } from '../http/paging.js';
import { instantShape, instantText, localeText, memberShape } from '../http/shapes.js';
import { isPlainText, keyText, plainText } from '../http/validation.js';

/** Times, dates, zones and rules are judged by the roster itself, which says what to write instead. */
const written = (max: number): z.ZodType<string, string> => z.string().max(max).refine(isPlainText);
const interval = z.strictObject({ from: written(16), to: written(16) });
const memberIds = z
  .array(z.uuid())
  .max(100)
  .refine((ids) => new Set(ids).size === ids.length, 'Each member once');

const hours = {
  zone: plainText(64).describe('IANA time zone of its dates and times'),
  starts: written(16).describe('First date the rule counts from, YYYY-MM-DD'),
  rule: written(200).describe('Recurrence rule of RFC 5545 over dates: FREQ=WEEKLY;BYDAY=MO,TU'),
  from: written(16),
  to: written(16).describe('At or before `from`: on the next day'),
  calendar: plainText(100)
    .nullable()
    .default(null)
    .describe('Its special days cut the shift to the hours they are open'),
};
const day = { shift: keyText, date: written(16) };
const exceptions = z
  .array(
    z.strictObject({
      ...day,
      name: z.string().max(200).refine(isPlainText),
      intervals: z.array(interval).max(24).describe('Instead of the hours of the shift; none = it does not take place'),
    }),
  )
  .max(1000);

const shifts = z.array(z.strictObject({ key: keyText, members: memberIds, ...hours })).max(200);
const swaps = z
  .array(z.strictObject({ ...day, member: z.uuid(), by: z.uuid().nullable().describe('null = nobody instead') }))
  .max(1000);

export const newRosterBody = z.strictObject({
  key: keyText,
  shifts,
  exceptions: exceptions.default([]),
  swaps: swaps.default([]),
});
export const rosterPatchBody = z.strictObject({ shifts, exceptions, swaps }).partial();

const origin = { createdAt: instantShape, createdBy: memberShape.nullable() };
export const rosterSummaryShape = z.object({ id: z.uuid(), key: z.string(), version: z.int() });
export const rosterVersionShape = z.object({ version: z.int(), ...origin });
export const rosterShape = rosterSummaryShape.extend({
  shifts: z.array(
    z.object({ key: z.string(), members: z.array(memberShape), ...hours, calendar: z.string().nullable() }),
  ),
  exceptions,
  swaps: z.array(z.object({ ...day, member: memberShape, by: memberShape.nullable() })),
  ...origin,
});
export type RosterView = z.infer<typeof rosterShape>;
export type RosterVersionView = z.infer<typeof rosterVersionShape>;

type Name = (id: string | null) => NamedMember | null;

/** Everybody a roster names, to be looked up at once. */
export function membersOf({ spec, createdBy }: ConfiguredRoster): readonly (string | null)[] {
  return [
    createdBy,
    ...spec.shifts.flatMap(({ members }) => members),
    ...spec.swaps.flatMap(({ member, by }) => [member, by]),
  ];
}

export function rosterView({ id, key, version, spec, createdAt, createdBy }: ConfiguredRoster, name: Name): RosterView {
  const named = (member: string): NamedMember => name(member) ?? { id: member, name: '' };
  return {
    id,
    key,
    version,
    shifts: spec.shifts.map(({ members, ...shift }) => ({ ...shift, members: members.map(named) })),
    exceptions: spec.exceptions.map((exception) => ({ ...exception, intervals: [...exception.intervals] })),
    swaps: spec.swaps.map((swap) => ({ ...swap, member: named(swap.member), by: name(swap.by) })),
    createdAt: instantText(createdAt),
    createdBy: name(createdBy),
  };
}

export function rosterVersionView({ version, createdAt, createdBy }: ConfiguredRoster, name: Name): RosterVersionView {
  return { version, createdAt: instantText(createdAt), createdBy: name(createdBy) };
}

/** The roster of a body. */
export function rosterSpecOf({
  shifts: given,
  exceptions: days,
  swaps: parts,
}: z.infer<typeof newRosterBody>): RosterSpec {
  return { shifts: given, exceptions: days, swaps: parts };
}

const queue = plainText(63).optional().describe('Key of one queue; without it every queue');

export const onDutyQuery = z.strictObject({
  at: instantQuery.optional().describe('Now, if left out'),
  queue,
});

const dutyShape = z.object({
  member: memberShape,
  shift: z
    .object({
      key: z.string(),
      date: z.string().describe('Date of the shift in its own zone'),
      from: instantShape,
      to: instantShape,
      handover: z
        .object({ from: instantShape, to: z.array(memberShape) })
        .nullable()
        .describe('From when on those who take over are there as well'),
    })
    .nullable()
    .describe('null where a queue has no roster: its members work while its calendar is open'),
  away: z.boolean().nullable().describe('Presence, which is known of now alone'),
  substitute: memberShape.nullable().describe('Member of the queue who works in the shift meanwhile'),
});
export const onDutyShape = z.object({
  at: instantShape,
  items: z.array(
    z.object({
      queue: z.string(),
      roster: z.object({ key: z.string(), version: z.int() }).nullable(),
      onDuty: z.array(dutyShape),
    }),
  ),
});
export type OnDutyView = z.infer<typeof onDutyShape>;

export function onDutyView(at: number, queues: readonly QueueOnDuty[]): OnDutyView {
  return {
    at: instantText(at),
    items: queues.map(({ onDuty, ...rest }) => ({
      ...rest,
      onDuty: onDuty.map(({ shift, ...present }) => ({
        ...present,
        shift: shift === null ? null : shiftView(shift),
      })),
    })),
  };
}

function shiftView({ key, date, from, to, handover }: NonNullable<QueueOnDuty['onDuty'][number]['shift']>): {
  key: string;
  date: string;
  from: string;
  to: string;
  handover: { from: string; to: { id: string; name: string }[] } | null;
} {
  const window = handover === null ? null : { from: instantText(handover.from), to: [...handover.to] };
  return { key, date, from: instantText(from), to: instantText(to), handover: window };
}

/** Longer periods are asked for in parts. */
const LONGEST_MS = 100 * 86_400_000;

export const uncoveredQuery = z
  .strictObject({
    from: instantQuery,
    to: instantQuery,
    queue,
    language: localeText.optional().describe('Without it the languages of the shops'),
    ...pageQuery,
  })
  .refine(({ from, to }) => from < to && to - from <= LONGEST_MS, {
    message: 'Later than `from`, by 100 days at most',
    path: ['to'],
  });

export const gapShape = z.object({
  queue: z.string(),
  language: z.string().nullable().describe('Nobody on duty answers in it; null = nobody is on duty at all'),
  from: instantShape,
  to: instantShape,
  zone: z.string().describe('Zone of the roster’s first shift, else of the queue’s calendar'),
  holidays: z.array(z.string()).describe('Special days in it, by the calendars of the shifts'),
  summary: z.string(),
});
export type GapView = z.infer<typeof gapShape>;

export function gapView({ from, to, holidays, ...gap }: QueueGap): GapView {
  const nobody = gap.language === null ? 'Nobody on duty' : `Nobody on duty who answers in ${gap.language}`;
  const because = holidays.length === 0 ? '' : `: ${holidays.join(', ')}`;
  return {
    ...gap,
    from: instantText(from),
    to: instantText(to),
    holidays: [...holidays],
    summary: `${nobody} ${localSpan({ from, to }, gap.zone)}${because}`,
  };
}
