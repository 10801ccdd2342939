import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { ShopDirectory } from './shop-directory.js';
import { Shops } from './shops.js';

@Module({
  imports: [IdentityModule],
  providers: [provide(ShopDirectory, [Database, TenantLookup, Vault]), provide(Shops, [Vault, ShopDirectory])],
  exports: [ShopDirectory, Shops],
})
export class ShopModule {}
