import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { LOOPS, provide } from '../../platform/nest/index.js';
import { Authenticator } from './authenticator.js';
import { MemberKeys } from './member-keys.js';
import { Members } from './members.js';
import { TenantLookup } from './tenant-lookup.js';

@Module({
  providers: [
    provide(TenantLookup, [LOOPS]),
    provide(Authenticator, [Database, TenantLookup, Vault]),
    provide(Members, [Authenticator, Vault]),
    provide(MemberKeys, [Authenticator, Vault]),
  ],
  exports: [TenantLookup, Authenticator, Members, MemberKeys],
})
export class IdentityModule {}
