import { z } from 'zod';
import { instantShape, memberShape } from '../http/shapes.js';
import { plainText } from '../http/validation.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const presenceBody = z
  .strictObject({
    state: z.enum(['available', 'away']),
    until: instant.nullable().default(null),
    substitute: z.uuid().nullable().default(null).describe('Member who works in the caller’s shifts meanwhile'),
  })
  .refine(({ state, until }) => state === 'away' || until === null, {
    message: 'Only an absence has an end',
    path: ['until'],
  })
  .refine(({ state, substitute }) => state === 'away' || substitute === null, {
    message: 'Only an absence has a substitute',
    path: ['substitute'],
  });

export const presenceShape = z.object({
  state: z.enum(['available', 'away']),
  until: instantShape.nullable(),
  substitute: memberShape.optional().describe('Who works in the member’s shifts meanwhile'),
});

const localTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'A local time such as 22:00');

export const quietHours = z
  .strictObject({ zone: plainText(64).describe('IANA time zone'), from: localTime, to: localTime })
  .nullable()
  .describe('When notices wait unless they are urgent; an end before the start is the next day’s');

export const quietHoursBody = z.strictObject({ quietHours });

export const meShape = z.object({
  id: z.uuid(),
  name: z.string(),
  role: z.string(),
  queues: z.array(z.string()).describe('Keys of the queues the caller belongs to'),
  languages: z.array(z.string()),
  presence: presenceShape,
  quietHours,
});

export const handoverBody = z.strictObject({
  to: z.union([z.strictObject({ queue: plainText(63) }), z.strictObject({ memberId: z.uuid() })]),
  note: z.string().min(1).max(16_384),
  taskIds: z.array(z.uuid()).min(1).max(200).optional().describe('Without it every task the caller holds'),
});

export const handoverShape = z.object({
  items: z.array(
    z.object({
      taskId: z.uuid(),
      state: z.enum(['applied', 'refused', 'pending']),
      code: z.string().nullable().describe('Why it was refused'),
    }),
  ),
});

export const inquiryPresenceBody = z.strictObject({ state: z.enum(['viewing', 'typing']) });

export const inquiryPresenceShape = z.object({
  until: instantShape,
  others: z
    .array(z.object({ id: z.uuid(), name: z.string(), state: z.enum(['viewing', 'typing']), until: instantShape }))
    .describe('Who else is there'),
});
