import { z } from 'zod';
import { instantShape } from '../http/shapes.js';

/** A message in an answer (api.md, `GET …/messages`). */
export const messageShape = z.object({
  id: z.uuid(),
  direction: z.enum(['in', 'out', 'note']),
  author: z.object({
    kind: z.enum(['buyer', 'human', 'automated', 'external']),
    memberId: z.uuid().nullable(),
  }),
  text: z.string().nullable().describe('null for roles that see no texts, and once erased'),
  language: z.string().nullable(),
  masked: z.array(z.object({ token: z.string(), kind: z.string() })),
  translations: z.array(z.object({ language: z.string(), text: z.string() })),
  attachments: z.array(
    z.object({
      id: z.uuid(),
      url: z.string().nullable(),
      mediaType: z.string(),
      name: z.string().nullable(),
      size: z.number().int().nullable(),
    }),
  ),
  cards: z.array(z.unknown()),
  inReplyTo: z.uuid().nullable(),
  sentAt: instantShape,
  receivedAt: instantShape,
  availableAt: instantShape.nullable(),
  delivery: z
    .object({
      state: z.enum([
        'awaiting_approval',
        'held',
        'queued',
        'accepted',
        'available',
        'rejected',
        'bounced',
        'failed',
        'uncertain',
        'cancelled',
      ]),
      at: instantShape.nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  erased: z.object({ at: instantShape, requestId: z.string().nullable() }).optional(),
});
