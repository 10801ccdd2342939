import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { Authenticator, IdentityModule } from '../identity/index.js';
import { RosterModule, RosterStore } from '../roster/index.js';
import { DutyReport } from './duty-report.js';
import { Queues } from './queues.js';

@Module({
  imports: [CalendarModule, IdentityModule, RosterModule],
  providers: [provide(Queues, [Authenticator]), provide(DutyReport, [CalendarStore, RosterStore])],
  exports: [DutyReport, Queues],
})
export class QueueModule {}
