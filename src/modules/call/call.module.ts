import { Module } from '@nestjs/common';
import { Egress } from '../../platform/egress/index.js';
import { provide } from '../../platform/nest/index.js';
import { OutsideSystem } from './outside-system.js';

@Module({ providers: [provide(OutsideSystem, [Egress])], exports: [OutsideSystem] })
export class CallModule {}
