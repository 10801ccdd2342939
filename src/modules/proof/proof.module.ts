import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide, TEMPORAL } from '../../platform/nest/index.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { DefinitionModule, PlanStore } from '../definition/index.js';
import { RosterModule, RosterStore } from '../roster/index.js';
import { EngineArchive } from './engine-archive.js';
import { EngineHistories } from './engine-histories.js';
import { EngineReader } from './engine-reader.js';
import { Ledger } from './ledger.js';
import { Replay } from './replay.js';
import { Timeline } from './timeline.js';

@Module({
  imports: [CalendarModule, DefinitionModule, RosterModule],
  providers: [
    provide(EngineHistories, [TEMPORAL]),
    provide(EngineArchive, [Database, EngineHistories]),
    {
      provide: EngineReader,
      useFactory: (archive: EngineArchive, { payloads }: Temporal) => new EngineReader(archive, payloads),
      inject: [EngineArchive, TEMPORAL],
    },
    provide(Timeline, [Database, EngineReader, Vault]),
    provide(Ledger, [Database, CalendarStore]),
    provide(Replay, [Database, PlanStore, CalendarStore, RosterStore, Vault]),
  ],
  exports: [EngineArchive, EngineReader, Timeline, Ledger, Replay],
})
export class ProofModule {}
