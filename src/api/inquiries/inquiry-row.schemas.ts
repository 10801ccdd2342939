import { z } from 'zod';
import { instantShape, memberShape } from '../http/shapes.js';

/** A row of the list of inquiries, also the inquiry shown with a task. */
export const inquiryRowShape = z.object({
  id: z.uuid(),
  number: z.number().int(),
  conversationId: z.uuid(),
  shopId: z.uuid(),
  shopName: z.string(),
  channel: z.string(),
  buyerId: z.uuid(),
  buyerName: z.string().nullable(),
  state: z.enum(['open', 'waiting_buyer', 'waiting_platform', 'waiting_other', 'snoozed', 'closed', 'archived']),
  step: z.string().nullable(),
  intent: z.string().nullable(),
  urgency: z.string(),
  sensitive: z.boolean(),
  language: z.string().nullable(),
  tags: z.array(z.string()),
  queue: z.string().nullable(),
  holder: memberShape.nullable(),
  unansweredSince: instantShape.nullable(),
  lastMessage: z
    .object({ id: z.uuid(), direction: z.enum(['in', 'out']), preview: z.string().nullable(), at: instantShape })
    .nullable(),
  task: z.object({ id: z.uuid(), kind: z.string(), state: z.string(), holder: memberShape.nullable() }).nullable(),
  nextDue: instantShape.nullable().describe('The earliest open deadline on any clock'),
  openedAt: instantShape,
  closedAt: instantShape.nullable(),
});
