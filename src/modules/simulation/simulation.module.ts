import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { RosterModule, RosterStore } from '../roster/index.js';
import { Scenarios } from './scenarios.js';
import { Simulations } from './simulations.js';

@Module({
  imports: [CalendarModule, RosterModule],
  providers: [provide(Simulations, [CalendarStore, RosterStore, Vault]), provide(Scenarios, [Simulations])],
  exports: [Simulations, Scenarios],
})
export class SimulationModule {}
