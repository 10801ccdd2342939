import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { RosterSpec } from '../../domain/roster/types.js';
import { InstantType } from '../../platform/database/index.js';

/** A roster by its key; `version` is the newest. */
export const RosterEntity = defineEntity({
  name: 'Roster',
  tableName: 'roster',
  uniques: [{ name: 'roster_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    version: p.integer(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type RosterRow = InferEntity<typeof RosterEntity>;

/** One immutable version: who was on duty last week stays as it was. */
export const RosterVersionEntity = defineEntity({
  name: 'RosterVersion',
  tableName: 'roster_version',
  properties: {
    tenantId: p.uuid().primary(),
    rosterId: p.uuid().primary(),
    version: p.integer().primary(),
    spec: p.json<RosterSpec>(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    createdBy: p.uuid().strictNullable(),
  },
});
export type RosterVersionRow = InferEntity<typeof RosterVersionEntity>;
