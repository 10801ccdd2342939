import { z } from 'zod';
import { urlSetting } from '../../modules/configuration/index.js';
import { WEBHOOK_EVENTS } from '../../modules/webhook/index.js';
import type { ConfiguredWebhook } from '../../modules/webhook/index.js';
import { instantShape, instantText } from '../http/shapes.js';
import { plainText } from '../http/validation.js';

const events = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .refine((items) => new Set(items).size === items.length, 'Each one once');

const editable = { name: plainText(200), url: urlSetting, events };

export const newWebhookBody = z.strictObject(editable);
export const webhookPatchBody = z.strictObject({ ...editable, active: z.boolean() }).partial();

export const webhookShape = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  active: z.boolean(),
  oldSecretUntil: instantShape.nullable().describe('Until when the secret before signs beside the new one'),
  version: z.int(),
  createdAt: instantShape,
});
export type WebhookView = z.infer<typeof webhookShape>;

export const newWebhookShape = webhookShape.extend({ secret: z.string().nullable() });

export const newWebhookSecretShape = z.object({ id: z.uuid(), secret: z.string().nullable(), oldUntil: instantShape });

export function webhookView({ events: told, oldSecretUntil, createdAt, ...webhook }: ConfiguredWebhook): WebhookView {
  return {
    ...webhook,
    events: [...told],
    oldSecretUntil: instantText(oldSecretUntil),
    createdAt: instantText(createdAt),
  };
}
