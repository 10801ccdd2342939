import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { LOOPS, provide } from '../../platform/nest/index.js';
import { WorkFigures } from './work-figures.js';
import { WorkQueue } from './work-queue.js';

@Module({
  providers: [provide(WorkQueue, [LOOPS, Database]), provide(WorkFigures, [WorkQueue, Metrics])],
  exports: [WorkQueue],
})
export class WorkModule {}
