import { z } from 'zod';
import type { Move, NotMoved, Preview, Reapplied } from '../../modules/inquiry/index.js';
import { instantShape, instantText } from '../http/shapes.js';
import { calendarPatchBody, calendarShape, layerFields } from './calendars.schemas.js';

/** Deadlines shown, and moved, at a time. */
export const MOVES_AT_ONCE = 200;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'A date, YYYY-MM-DD');
const named = { inquiryId: z.uuid(), obligation: z.string().max(64), instance: z.int().min(1) };

export const importBody = z.strictObject({
  ...layerFields,
  ical: z.string().min(1).max(200_000),
  window: z.strictObject({ from: date, until: date }).optional(),
});
export const importShape = z.object({
  calendar: calendarShape,
  days: z.int(),
  skipped: z.array(z.object({ uid: z.string(), name: z.string(), reason: z.string() })),
});

/** The calendar as it would be changed; empty = its newest version as it is. */
export const previewBody = calendarPatchBody;
export const previewShape = z.object({
  version: z.int(),
  total: z.int(),
  moved: z.array(z.object({ ...named, from: instantShape, to: instantShape })),
});
export type PreviewView = z.infer<typeof previewShape>;

export const reapplyBody = z.strictObject({
  version: z.int().min(1),
  moved: z
    .array(z.object({ ...named, from: instantShape.optional(), to: instantShape }))
    .min(1)
    .max(MOVES_AT_ONCE),
});
export const reapplyShape = z.object({
  applied: z.int(),
  skipped: z.array(z.object({ ...named, code: z.enum(['ended', 'changed']) })),
});
export type ReapplyView = { readonly applied: number; readonly skipped: NotMoved[] };

/** The preview of a version. */
export function previewView(version: number, { total, moved }: Preview): PreviewView {
  return {
    version,
    total,
    moved: moved.map((move) => ({ ...move, from: instantText(move.from), to: instantText(move.to) })),
  };
}

/** What a body asks to be moved, and to where. */
export function movesOf(body: z.infer<typeof reapplyBody>): Omit<Move, 'from'>[] {
  return body.moved.map(({ inquiryId, obligation, instance, to }) => ({
    ...{ inquiryId, obligation, instance },
    to: Date.parse(to),
  }));
}

export function reapplyView({ applied, skipped }: Reapplied): ReapplyView {
  return { applied, skipped: [...skipped] };
}
