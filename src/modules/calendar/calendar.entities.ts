import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { CalendarSpec } from '../../domain/calendar/types.js';
import { InstantType } from '../../platform/database/index.js';

/** A calendar by its key; `version` is the newest. */
export const CalendarEntity = defineEntity({
  name: 'Calendar',
  tableName: 'calendar',
  uniques: [{ name: 'calendar_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    version: p.integer(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type CalendarRow = InferEntity<typeof CalendarEntity>;

/** One immutable version: running obligations stay on the one they began with. */
export const CalendarVersionEntity = defineEntity({
  name: 'CalendarVersion',
  tableName: 'calendar_version',
  properties: {
    tenantId: p.uuid().primary(),
    calendarId: p.uuid().primary(),
    version: p.integer().primary(),
    spec: p.json<CalendarSpec>(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    createdBy: p.uuid().strictNullable(),
  },
});
export type CalendarVersionRow = InferEntity<typeof CalendarVersionEntity>;
