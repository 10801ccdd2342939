import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { PlanStore } from './plan-store.js';

@Module({ providers: [provide(PlanStore, [])], exports: [PlanStore] })
export class DefinitionModule {}
