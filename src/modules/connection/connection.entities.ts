import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { ConnectionSpec } from '../../domain/call/connection.js';
import { InstantType } from '../../platform/database/index.js';

/** A connection by its key; `version` is the newest. */
export const ConnectionEntity = defineEntity({
  name: 'Connection',
  tableName: 'connection',
  uniques: [{ name: 'connection_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    version: p.integer(),
    /** Sealed. */
    secret: p.blob().$type<Buffer>().strictNullable(),
    secretAt: p.type(InstantType).strictNullable(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type ConnectionRow = InferEntity<typeof ConnectionEntity>;

/** One immutable version: a call that has been begun is asked and looked for where it was begun. */
export const ConnectionVersionEntity = defineEntity({
  name: 'ConnectionVersion',
  tableName: 'connection_version',
  properties: {
    tenantId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    version: p.integer().primary(),
    spec: p.json<ConnectionSpec>(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    createdBy: p.uuid().strictNullable(),
  },
});
export type ConnectionVersionRow = InferEntity<typeof ConnectionVersionEntity>;
