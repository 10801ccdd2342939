import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/** An address of the tenant's that is told of events. */
export const WebhookEntity = defineEntity({
  name: 'Webhook',
  tableName: 'webhook',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    url: p.text(),
    events: p.array(),
    /** Sealed, as is the one before, which signs beside it until `oldUntil`. */
    secret: p.blob().$type<Buffer>(),
    oldSecret: p.blob().$type<Buffer>().strictNullable(),
    oldUntil: p.type(InstantType).strictNullable(),
    active: p.boolean().default(true),
    version: p.integer().default(1),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type WebhookRow = InferEntity<typeof WebhookEntity>;
