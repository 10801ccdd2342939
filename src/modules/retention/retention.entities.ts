import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/** How long the content of an inquiry is kept after it closed. */
export const RetentionClassEntity = defineEntity({
  name: 'RetentionClass',
  tableName: 'retention_class',
  uniques: [{ name: 'retention_class_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    title: p.text(),
    contentDays: p.integer(),
    /** Why it may be kept that long. */
    basis: p.text().default(''),
    version: p.integer().default(1),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type RetentionClassRow = InferEntity<typeof RetentionClassEntity>;
