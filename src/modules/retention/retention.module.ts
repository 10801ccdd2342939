import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { RetentionClasses } from './retention-classes.js';
import { RetentionSweep } from './retention-sweep.js';

@Module({
  imports: [IdentityModule],
  providers: [provide(RetentionSweep, [Database, TenantLookup]), provide(RetentionClasses, [])],
  exports: [RetentionSweep, RetentionClasses],
})
export class RetentionModule {}
