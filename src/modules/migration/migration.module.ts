import { Module } from '@nestjs/common';
import type { Config } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { Mailer } from '../../platform/mail/index.js';
import { CONFIG, provide } from '../../platform/nest/index.js';
import { DefinitionModule, Definitions } from '../definition/index.js';
import { DefinitionMoves, InquiryModule } from '../inquiry/index.js';
import { MigrationRun } from './migration-run.js';
import { Migrations } from './migrations.js';

@Module({
  imports: [DefinitionModule, InquiryModule],
  providers: [
    provide(Migrations, [Definitions]),
    {
      provide: MigrationRun,
      useFactory: (database: Database, moves: DefinitionMoves, mailer: Mailer, config: Config) =>
        new MigrationRun(database, moves, mailer, config.migratedPerSecond),
      inject: [Database, DefinitionMoves, Mailer, CONFIG],
    },
  ],
  exports: [Migrations, MigrationRun],
})
export class MigrationModule {}
