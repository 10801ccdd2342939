import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { PolicyModule, PublishingPolicy } from '../policy/index.js';
import { Scenarios, SimulationModule } from '../simulation/index.js';
import { Definitions } from './definitions.js';
import { PlanStore } from './plan-store.js';
import { Publishing } from './publishing.js';
import { Reviews } from './reviews.js';
import { RoutingTable } from './routing-table.js';

@Module({
  imports: [PolicyModule, SimulationModule],
  providers: [
    provide(PlanStore, []),
    provide(Definitions, []),
    provide(Publishing, [Scenarios, PublishingPolicy]),
    provide(Reviews, [Definitions, Publishing]),
    provide(RoutingTable, []),
  ],
  exports: [PlanStore, Definitions, Publishing, Reviews, RoutingTable],
})
export class DefinitionModule {}
