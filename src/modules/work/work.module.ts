import { Module } from '@nestjs/common';
import { LOOPS, provide } from '../../platform/nest/index.js';
import { WorkQueue } from './work-queue.js';

@Module({ providers: [provide(WorkQueue, [LOOPS])], exports: [WorkQueue] })
export class WorkModule {}
