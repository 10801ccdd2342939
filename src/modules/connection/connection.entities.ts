import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { ConnectionSpec } from '../../domain/call/connection.js';
import { InstantType } from '../../platform/database/index.js';
import { versionEntity } from '../configuration/index.js';

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

/** A call that has been begun is asked and looked for where it was begun. */
export const ConnectionVersionEntity = versionEntity<ConnectionSpec>('Connection');
