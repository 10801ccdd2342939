import { z } from 'zod';
import { LAYER_KINDS } from '../../domain/calendar/layers.js';
import { WEEKDAYS } from '../../domain/calendar/types.js';
import type { CalendarLayer, CalendarSpec, Weekday } from '../../domain/calendar/types.js';
import type { CalendarPatch, ConfiguredCalendar } from '../../modules/calendar/index.js';
import type { NamedMember } from '../../modules/identity/index.js';
import { instantShape, instantText, memberShape } from '../http/shapes.js';
import { isPlainText, keyText, plainText } from '../http/validation.js';

/** Times and dates are judged by the calendar itself, which says what to write instead. */
const written = z.string().max(16).refine(isPlainText, 'No NUL characters and no lone surrogates');
const interval = z.strictObject({ from: written, to: written });
const intervals = z.array(interval).max(24);

const week = z
  .strictObject(Object.fromEntries(WEEKDAYS.map((day) => [day, intervals])) as Record<Weekday, typeof intervals>)
  .partial();

const exceptions = z
  .array(z.strictObject({ date: written, name: z.string().max(200).refine(isPlainText), intervals }))
  .max(1500);

/** What a layer says about itself; its days come with it, or from an iCalendar text. */
export const layerFields = {
  kind: z.enum(LAYER_KINDS),
  name: z.string().max(200).refine(isPlainText),
  from: written.nullable().optional(),
  source: z.string().max(2_000).refine(isPlainText),
};
const layers = z.array(z.strictObject({ ...layerFields, exceptions })).max(20);

const spec = { zone: plainText(64), week, layers, exceptions };

export const newCalendarBody = z.strictObject({
  key: keyText,
  ...spec,
  layers: layers.default([]),
  exceptions: exceptions.default([]),
});
export const calendarPatchBody = z.strictObject(spec).partial();

type Origin = { readonly createdAt: string; readonly createdBy: NamedMember | null };
const origin = { createdAt: instantShape, createdBy: memberShape.nullable() };

export const calendarSummaryShape = z.object({ id: z.uuid(), key: z.string(), version: z.int(), zone: z.string() });
export const calendarShape = calendarSummaryShape.extend({ week, layers, exceptions, ...origin });
export type CalendarView = z.infer<typeof calendarSummaryShape> & Required<CalendarSpec> & Origin;
export const calendarVersionShape = z.object({ version: z.int(), zone: z.string(), ...origin });
export type CalendarVersionView = { readonly version: number; readonly zone: string } & Origin;

/** The calendar of a body: days that are not named stay closed. */
export function specOf(body: z.infer<typeof newCalendarBody>): CalendarSpec {
  return { zone: body.zone, week: days(body.week), layers: layersOf(body.layers), exceptions: body.exceptions };
}

/** Layers without members that have no value. */
export function layersOf(given: z.infer<typeof layers>): readonly CalendarLayer[] {
  return given.map(({ from, ...layer }) => ({ ...layer, ...(from === undefined ? {} : { from }) }));
}

/** The members of a patch that have a value, as a calendar holds them. */
export function patchOf(body: z.infer<typeof calendarPatchBody>): CalendarPatch {
  const { week: hours, layers: given, ...others } = body;
  return {
    ...others,
    ...(hours === undefined ? {} : { week: days(hours) }),
    ...(given === undefined ? {} : { layers: layersOf(given) }),
  };
}

/** The days that have a value. */
function days(given: z.infer<typeof week>): CalendarSpec['week'] {
  return Object.fromEntries(Object.entries(given).filter(([, hours]) => hours !== undefined));
}

type Name = (id: string | null) => NamedMember | null;

export function calendarView(calendar: ConfiguredCalendar, name: Name): CalendarView {
  const { id, key, version, spec: own } = calendar;
  return { id, key, version, ...own, layers: own.layers ?? [], ...originOf(calendar, name) };
}

export function calendarVersionView(calendar: ConfiguredCalendar, name: Name): CalendarVersionView {
  return { version: calendar.version, zone: calendar.spec.zone, ...originOf(calendar, name) };
}

function originOf({ createdAt, createdBy }: ConfiguredCalendar, name: Name): Origin {
  return { createdAt: instantText(createdAt), createdBy: name(createdBy) };
}
