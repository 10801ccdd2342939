import { Module } from '@nestjs/common';
import type { Config } from '../../platform/config/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { CONFIG, provide, TEMPORAL } from '../../platform/nest/index.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { Holds } from './holds.js';
import { RetentionClasses } from './retention-classes.js';
import { RetentionSchedule } from './retention-schedule.js';
import { RetentionSweep } from './retention-sweep.js';

@Module({
  imports: [IdentityModule],
  providers: [
    provide(RetentionSweep, [Database, TenantLookup, Vault]),
    provide(RetentionClasses, []),
    provide(Holds, [Vault]),
    {
      provide: RetentionSchedule,
      useFactory: (temporal: Temporal, config: Config) => new RetentionSchedule(temporal, config.temporal.taskQueue),
      inject: [TEMPORAL, CONFIG],
    },
  ],
  exports: [RetentionSweep, RetentionClasses, RetentionSchedule, Holds],
})
export class RetentionModule {}
