import { z } from 'zod';
import { printDuration } from '../../domain/definition/durations.js';
import type { ConfiguredQueue } from '../../modules/queue/index.js';
import { durationText, instantShape, instantText, memberShape } from '../http/shapes.js';
import { keyText, plainText } from '../http/validation.js';

const MAX_WITHIN_MS = 7 * 86_400_000;

const editable = {
  name: plainText(200),
  /** Key of the calendar with its opening hours. */
  calendar: plainText(100),
  /** Key of the roster that says who of the members works when; null = all of them while the calendar is open. */
  roster: plainText(100).nullable(),
  cap: z
    .strictObject({ tasks: z.int().min(1).max(1000), within: durationText(MAX_WITHIN_MS) })
    .nullable()
    .transform((cap) => (cap === null ? null : { tasks: cap.tasks, withinMs: cap.within }))
    .describe('How many tasks a member is given within a duration; null = any number'),
  /** Ids, in the order in which the round robin goes. */
  members: z
    .array(z.uuid())
    .max(500)
    .refine((ids) => new Set(ids).size === ids.length, 'Each member once'),
};

export const newQueueBody = z.strictObject({
  key: keyText,
  ...editable,
  roster: editable.roster.optional(),
  cap: editable.cap.optional(),
  members: editable.members.optional(),
});
export const queuePatchBody = z.strictObject(editable).partial();

export const queueShape = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  calendar: z.string(),
  roster: z.string().nullable(),
  cap: z.object({ tasks: z.int(), within: z.string() }).nullable(),
  members: z.array(memberShape),
  version: z.int(),
  createdAt: instantShape,
});
export type QueueView = z.infer<typeof queueShape>;

export function queueView({ members, cap, createdAt, ...queue }: ConfiguredQueue): QueueView {
  const within = cap === null ? null : { tasks: cap.tasks, within: printDuration(cap.withinMs) };
  return { ...queue, cap: within, members: [...members], createdAt: instantText(createdAt) };
}
