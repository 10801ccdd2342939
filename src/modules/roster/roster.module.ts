import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { RosterStore } from './roster-store.js';
import { Rosters } from './rosters.js';

@Module({
  imports: [CalendarModule],
  providers: [provide(RosterStore, [CalendarStore]), provide(Rosters, [])],
  exports: [RosterStore, Rosters],
})
export class RosterModule {}
