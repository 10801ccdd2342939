import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { ROLES } from '../../domain/identity/permissions.js';
import { InstantType } from '../../platform/database/index.js';

/** A seller's account: whatever carries its id is seen by nobody else. */
export const TenantEntity = defineEntity({
  name: 'Tenant',
  tableName: 'tenant',
  properties: {
    tenantId: p.uuid().primary(),
    key: p.text(),
    name: p.text(),
    languages: p.array().default(['pt-BR', 'es', 'en', 'zh-CN']),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});

/** A person who works for the tenant, in one role. */
export const MemberEntity = defineEntity({
  name: 'Member',
  tableName: 'member',
  uniques: [{ name: 'member_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    name: p.text(),
    role: p.enum(ROLES),
    languages: p.array().default([]),
    skills: p.array().default([]),
    country: p.text().strictNullable(),
    capacity: p.integer().default(50),
    /** Where notices are mailed to; sealed. */
    email: p.blob().$type<Buffer>().strictNullable(),
    active: p.boolean().default(true),
    presence: p.enum(['available', 'away']).default('available'),
    version: p.integer().default(1),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type MemberRow = InferEntity<typeof MemberEntity>;

/** An API key, kept as a keyed hash; the key itself is shown once. */
export const MemberKeyEntity = defineEntity({
  name: 'MemberKey',
  tableName: 'member_key',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    label: p.text().strictNullable(),
    /** First characters of the key, by which a person tells keys apart. */
    prefix: p.text(),
    hash: p.blob().$type<Buffer>(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    expiresAt: p.type(InstantType).strictNullable(),
    revokedAt: p.type(InstantType).strictNullable(),
  },
});
export type MemberKeyRow = InferEntity<typeof MemberKeyEntity>;
