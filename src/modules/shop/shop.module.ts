import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { ShopDirectory } from './shop-directory.js';

@Module({
  imports: [IdentityModule],
  providers: [provide(ShopDirectory, [Database, TenantLookup, Vault])],
  exports: [ShopDirectory],
})
export class ShopModule {}
