import { z } from 'zod';
import { pageQuery } from '../http/paging.js';
import { instantShape, memberShape } from '../http/shapes.js';

/** Queries and answers of what proves an inquiry's course. */

export const historyQuery = z.strictObject({ ...pageQuery, view: z.enum(['engine']).optional() });

const engineRefShape = z.object({ runId: z.string(), eventId: z.number().int() });
const membersShape = z.record(z.string(), z.unknown());

export const timelineEntryShape = z.object({
  seq: z.number().int().nullable(),
  at: instantShape,
  kind: z.string(),
  actor: z.object({
    kind: z.enum(['member', 'system', 'buyer', 'channel']),
    id: z.uuid().nullable(),
    name: z.string().nullable(),
  }),
  step: z.string().nullable(),
  summary: z.string(),
  because: membersShape,
  data: membersShape,
  auditSeq: z.number().int().nullable(),
  engine: z.array(engineRefShape).nullable(),
});

export const engineEventShape = z.object({
  runId: z.string(),
  eventId: z.number().int(),
  type: z.string(),
  at: instantShape,
  summary: z.string().nullable(),
  attributes: membersShape,
});

export const engineRunShape = z.object({
  runId: z.string(),
  sha256: z.string(),
  storedAt: instantShape.nullable(),
  intact: z.boolean(),
});

export const historyShape = z.object({
  items: z.array(z.union([timelineEntryShape, engineEventShape])),
  nextCursor: z.string().nullable(),
  /** With `view=engine`: where the events come from, and the hash of each stored run. */
  runs: z.array(engineRunShape).optional(),
});

export const ledgerShape = z.object({
  name: z.string(),
  instance: z.number().int(),
  state: z.string(),
  clock: z.enum(['wall', 'house']),
  calendar: z.object({ key: z.string(), version: z.number().int() }).nullable(),
  startedAt: instantShape,
  endedAt: instantShape.nullable(),
  deadline: instantShape.nullable(),
  version: z.number().int(),
  replacedAt: instantShape.nullable(),
  segments: z.array(
    z.object({
      from: instantShape,
      to: instantShape,
      kind: z.enum(['counting', 'paused', 'closed']),
      reason: z.string().nullable(),
      by: memberShape.nullable(),
      during: z.enum(['channel_lag', 'queued', 'offered', 'held', 'approval', 'outbox', 'moderation']).nullable(),
      calendarVersion: z.number().int().nullable(),
    }),
  ),
  timers: z.array(
    z.object({
      level: z.number().int(),
      state: z.enum(['pending', 'fired', 'cancelled']),
      planned: instantShape,
      fired: instantShape.nullable(),
      lateMs: z.number().int().nullable(),
    }),
  ),
});

export const replayShape = z.object({
  decisions: z.number().int(),
  same: z.boolean(),
  erased: z.boolean(),
  differences: z.array(
    z.object({
      seq: z.number().int(),
      what: z.enum(['fact', 'entries', 'effects', 'state', 'failure']),
      expected: z.unknown(),
      actual: z.unknown(),
    }),
  ),
});
