import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { ChannelsModule, Connectors } from '../channels/index.js';
import { ShopDirectory, ShopModule } from '../shop/index.js';
import { Accounts } from './accounts.js';
import { Consents } from './consents.js';
import { ShopCredentials } from './shop-credentials.js';
import { ShopTemplates } from './shop-templates.js';

@Module({
  imports: [ChannelsModule, ShopModule],
  providers: [
    provide(Accounts, [Database, Vault]),
    provide(Consents, [Database, Vault, ShopDirectory, Connectors]),
    provide(ShopCredentials, [Vault, Connectors]),
    provide(ShopTemplates, [Database, Vault, Accounts, Connectors]),
  ],
  exports: [Accounts, Consents, ShopCredentials, ShopTemplates],
})
export class AccountModule {}
