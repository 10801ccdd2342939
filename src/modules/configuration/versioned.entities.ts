import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/**
 * A kind of thing that operators configure, by its key; `version` is the newest.
 *
 * @param name the kind with a capital letter; its table has the same name
 */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what `defineEntity` makes of the properties
export function keyedEntity(name: string) {
  const table = name.toLowerCase();
  return defineEntity({
    name,
    tableName: table,
    uniques: [{ name: `${table}_tenant_id_key_key`, properties: ['tenantId', 'key'] }],
    properties: {
      tenantId: p.uuid().primary(),
      id: p.uuid().primary(),
      key: p.text(),
      version: p.integer(),
      createdAt: p.type(InstantType).defaultRaw('now()'),
    },
  });
}
export type KeyedEntity = ReturnType<typeof keyedEntity>;
export type KeyedRow = InferEntity<KeyedEntity>;

/** The immutable versions of a kind: whatever began with one stays on it. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- as above
export function versionEntity<Spec>(name: string) {
  const table = name.toLowerCase();
  return defineEntity({
    name: `${name}Version`,
    tableName: `${table}_version`,
    properties: {
      tenantId: p.uuid().primary(),
      thingId: p.uuid().primary().fieldName(`${table}_id`),
      version: p.integer().primary(),
      spec: p.json<Spec>(),
      createdAt: p.type(InstantType).defaultRaw('now()'),
      createdBy: p.uuid().strictNullable(),
    },
  });
}
export type VersionEntity<Spec> = ReturnType<typeof versionEntity<Spec>>;
