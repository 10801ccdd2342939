import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { DefinitionModule, PlanStore } from '../definition/index.js';
import { RosterModule, RosterStore } from '../roster/index.js';
import { Claims } from './claims.js';
import { LeaseKeeper } from './lease-keeper.js';

@Module({
  imports: [CalendarModule, DefinitionModule, RosterModule],
  providers: [
    provide(Claims, [CalendarStore, RosterStore, Vault]),
    provide(LeaseKeeper, [Database, CalendarStore, RosterStore, PlanStore]),
  ],
  exports: [Claims, LeaseKeeper],
})
export class TaskModule {}
