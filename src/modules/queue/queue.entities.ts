import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/** A team that takes inquiries. */
export const QueueEntity = defineEntity({
  name: 'Queue',
  tableName: 'queue',
  uniques: [{ name: 'queue_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    name: p.text(),
    /** Its opening hours: when work is offered, and what a lease counts. */
    calendarKey: p.text(),
    /** Who of its members works when; null = all of them while the calendar is open. */
    rosterKey: p.text().strictNullable(),
    /** How many tasks a member may get within so many ms. */
    capTasks: p.integer().strictNullable(),
    capWithinMs: p.integer().strictNullable(),
    version: p.integer().default(1),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type QueueRow = InferEntity<typeof QueueEntity>;

/** A member's place in a queue; the round robin goes by position. */
export const QueueMemberEntity = defineEntity({
  name: 'QueueMember',
  tableName: 'queue_member',
  properties: {
    tenantId: p.uuid().primary(),
    queueId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    position: p.integer(),
  },
});
