import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { Plan } from '../../domain/definition/plan.js';
import type { RoutingRule } from '../../domain/definition/routing.js';
import { InstantType } from '../../platform/database/index.js';

/** A definition by its key; `version` is the newest published one, 0 before the first. */
export const DefinitionEntity = defineEntity({
  name: 'Definition',
  tableName: 'definition',
  uniques: [{ name: 'definition_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    version: p.integer().default(0),
    /** Text being worked on, as it was sent; it may have errors. */
    draft: p.text().strictNullable(),
    draftType: p.text().strictNullable(),
    draftVersion: p.integer().default(0),
    draftAt: p.type(InstantType).strictNullable(),
    draftBy: p.uuid().strictNullable(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type DefinitionRow = InferEntity<typeof DefinitionEntity>;

/** One published version. Nothing in it ever changes. */
export const DefinitionVersionEntity = defineEntity({
  name: 'DefinitionVersion',
  tableName: 'definition_version',
  properties: {
    tenantId: p.uuid().primary(),
    definitionId: p.uuid().primary(),
    version: p.integer().primary(),
    /** The text, verbatim. */
    source: p.text(),
    contentType: p.text(),
    /** SHA-256 of the document's canonical JSON, hex. */
    checksum: p.text(),
    plan: p.json<Plan>(),
    /** The scenarios it passed, as JSON. */
    scenarios: p.text().default('[]'),
    /** Why it was published, in the publisher's words. */
    reason: p.text().strictNullable(),
    publishedAt: p.type(InstantType).defaultRaw('now()'),
    publishedBy: p.uuid().strictNullable(),
    /** Who saved the draft it was made of; null = it came with the product. */
    draftedBy: p.uuid().strictNullable(),
  },
});
export type DefinitionVersionRow = InferEntity<typeof DefinitionVersionEntity>;

/** The tenant's routing, whole. */
export const RoutingEntity = defineEntity({
  name: 'Routing',
  tableName: 'routing',
  properties: {
    tenantId: p.uuid().primary(),
    rules: p.json<readonly RoutingRule[]>(),
    version: p.integer().default(1),
  },
});
