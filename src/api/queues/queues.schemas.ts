import { z } from 'zod';
import type { ConfiguredQueue } from '../../modules/queue/index.js';
import { instantShape, instantText, memberShape } from '../http/shapes.js';
import { keyText, plainText } from '../http/validation.js';

const editable = {
  name: plainText(200),
  /** Key of the calendar with its opening hours. */
  calendar: plainText(100),
  /** Key of the roster that says who of the members works when; null = all of them while the calendar is open. */
  roster: plainText(100).nullable(),
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
  members: editable.members.optional(),
});
export const queuePatchBody = z.strictObject(editable).partial();

export const queueShape = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  calendar: z.string(),
  roster: z.string().nullable(),
  members: z.array(memberShape),
  version: z.int(),
  createdAt: instantShape,
});
export type QueueView = z.infer<typeof queueShape>;

export function queueView({ members, createdAt, ...queue }: ConfiguredQueue): QueueView {
  return { ...queue, members: [...members], createdAt: instantText(createdAt) };
}
