import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { DefinitionModule, Definitions } from '../definition/index.js';
import { DefinitionMoves, InquiryModule } from '../inquiry/index.js';
import { MigrationRun } from './migration-run.js';
import { Migrations } from './migrations.js';

@Module({
  imports: [DefinitionModule, InquiryModule],
  providers: [provide(Migrations, [Definitions]), provide(MigrationRun, [Database, DefinitionMoves])],
  exports: [Migrations, MigrationRun],
})
export class MigrationModule {}
