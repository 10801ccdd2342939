import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { Authenticator, IdentityModule } from '../identity/index.js';
import { DemoSeed } from './seed.js';

@Module({
  imports: [IdentityModule],
  providers: [provide(DemoSeed, [Database, Vault, Authenticator])],
  exports: [DemoSeed],
})
export class DemoModule {}
