import { Module } from '@nestjs/common';
import { LOOPS, provide } from '../../platform/nest/index.js';
import { TenantLookup } from './tenant-lookup.js';

@Module({ providers: [provide(TenantLookup, [LOOPS])], exports: [TenantLookup] })
export class IdentityModule {}
