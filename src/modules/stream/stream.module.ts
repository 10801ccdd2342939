import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { LOG, provide } from '../../platform/nest/index.js';
import { Sequencer } from './sequencer.js';
import { StreamFeed } from './stream-feed.js';

@Module({
  providers: [
    provide(StreamFeed, [Database, LOG]),
    {
      provide: Sequencer,
      useFactory: (database: Database, feed: StreamFeed) => new Sequencer(database, (tenantId) => feed.nudge(tenantId)),
      inject: [Database, StreamFeed],
    },
  ],
  exports: [Sequencer, StreamFeed],
})
export class StreamModule {}
