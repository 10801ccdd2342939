import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { CalendarModule, Calendars } from '../calendar/index.js';
import { DefinitionModule, Publishing, RoutingTable } from '../definition/index.js';
import { IdentityModule, MemberKeys, Members } from '../identity/index.js';
import { QueueModule, Queues } from '../queue/index.js';
import { RetentionClasses, RetentionModule } from '../retention/index.js';
import { ShopModule, Shops } from '../shop/index.js';
import { TemplateModule, Templates } from '../template/index.js';
import { DemoSeed } from './seed.js';

/** In the order of the factory's arguments. */
const SET_UP = [
  Members,
  MemberKeys,
  Shops,
  Queues,
  Calendars,
  Templates,
  Publishing,
  RoutingTable,
  RetentionClasses,
] as const;

function demoSeed(
  database: Database,
  members: Members,
  keys: MemberKeys,
  shops: Shops,
  queues: Queues,
  calendars: Calendars,
  templates: Templates,
  publishing: Publishing,
  routing: RoutingTable,
  retention: RetentionClasses,
): DemoSeed {
  const setUp = { members, keys, shops, queues, calendars, templates, publishing, routing, retention };
  return new DemoSeed(database, setUp);
}

@Module({
  imports: [CalendarModule, DefinitionModule, IdentityModule, QueueModule, RetentionModule, ShopModule, TemplateModule],
  providers: [{ provide: DemoSeed, useFactory: demoSeed, inject: [Database, ...SET_UP] }],
  exports: [DemoSeed],
})
export class DemoModule {}
