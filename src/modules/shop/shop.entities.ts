import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/** One store on one channel. */
export const ShopEntity = defineEntity({
  name: 'Shop',
  tableName: 'shop',
  uniques: [{ name: 'shop_tenant_id_key_key', properties: ['tenantId', 'key'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    name: p.text(),
    channel: p.text(),
    country: p.text().default('BR'),
    language: p.text().default('pt-BR'),
    currency: p.text().default('BRL'),
    settings: p.json<Readonly<Record<string, unknown>>>().default('{}'),
    active: p.boolean().default(true),
    version: p.integer().default(1),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type ShopRow = InferEntity<typeof ShopEntity>;

/** A key with which channel and shop sign to each other. */
export const ShopSecretEntity = defineEntity({
  name: 'ShopSecret',
  tableName: 'shop_secret',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    shopId: p.uuid(),
    /** Sealed. */
    secret: p.blob().$type<Buffer>(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    expiresAt: p.type(InstantType).strictNullable(),
  },
});
export type ShopSecretRow = InferEntity<typeof ShopSecretEntity>;
