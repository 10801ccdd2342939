import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { RetentionSweep } from './retention-sweep.js';

@Module({
  imports: [IdentityModule],
  providers: [provide(RetentionSweep, [Database, TenantLookup])],
  exports: [RetentionSweep],
})
export class RetentionModule {}
