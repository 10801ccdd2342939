import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { CONFIG, LOG, provide, TEMPORAL } from '../../platform/nest/index.js';
import type { Config } from '../../platform/config/index.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { AccountModule, Accounts } from '../account/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { Budgets, ChannelsModule, Connectors } from '../channels/index.js';
import { Receipts } from '../delivery/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { CommandDesk, InquiryEngine, InquiryModule, InquiryReceipts } from '../inquiry/index.js';
import { ShopDirectory, ShopModule } from '../shop/index.js';
import { MessageAcceptor } from './accept.js';
import { Backlog } from './backlog.js';
import { Doorbell } from './doorbell.js';
import { EventAcceptor } from './event-acceptor.js';
import { ExternalAcceptor } from './external.js';
import { HintReader } from './hint-reader.js';
import { lateFailure } from './late-failure.js';
import { NoticeDesk } from './notice-desk.js';
import { Quarantine } from './quarantine.js';
import { Receiver } from './receiver.js';
import { Reconciler } from './reconciler.js';
import { Relay } from './relay.js';
import { Reopener } from './reopen.js';
import { TestInquiries } from './test-inquiries.js';
import { Unplaced } from './unplaced.js';
import { UpdateCarrier } from './update-carrier.js';
import { Watcher } from './watcher.js';

type NoticeDeskTools = [Database, Vault, TenantLookup, ShopDirectory, Connectors, Accounts, EventAcceptor, Unplaced];

@Module({
  imports: [AccountModule, CalendarModule, ChannelsModule, IdentityModule, InquiryModule, ShopModule],
  providers: [
    provide(MessageAcceptor, [Database, Vault, CalendarStore]),
    provide(ExternalAcceptor, [Database, Vault, CalendarStore, Receipts]),
    {
      provide: Receipts,
      useFactory: (vault: Vault, engine: InquiryEngine, shops: ShopDirectory, calendars: CalendarStore) =>
        new Receipts(vault, new InquiryReceipts(engine, lateFailure(shops, { vault, calendars }))),
      inject: [Vault, InquiryEngine, ShopDirectory, CalendarStore],
    },
    provide(EventAcceptor, [Database, MessageAcceptor, ExternalAcceptor, Receipts]),
    provide(Receiver, [Database, ShopDirectory, Vault, Connectors, EventAcceptor]),
    provide(HintReader, [Database, Vault, ShopDirectory, Connectors, Accounts, EventAcceptor]),
    provide(Backlog, [ShopDirectory, Connectors, Budgets, HintReader]),
    {
      provide: NoticeDesk,
      useFactory: (...given: NoticeDeskTools) => {
        const [database, vault, tenants, shops, connectors, accounts, events, unplaced] = given;
        return new NoticeDesk({ database, vault, tenants, shops, connectors, accounts, events, unplaced });
      },
      inject: [Database, Vault, TenantLookup, ShopDirectory, Connectors, Accounts, EventAcceptor, Unplaced],
    },
    provide(Unplaced, [Database, Vault]),
    {
      provide: Reconciler,
      useFactory: (...[config, ...tools]: [Config, Database, Vault, ShopDirectory, Connectors, Accounts, NoticeDesk]) =>
        new Reconciler(...tools, config.channels.sweepEveryMs),
      inject: [CONFIG, Database, Vault, ShopDirectory, Connectors, Accounts, NoticeDesk],
    },
    provide(Watcher, [Database, Vault, ShopDirectory, Connectors, Accounts]),
    provide(TestInquiries, [Database, ShopDirectory, Receiver, EventAcceptor]),
    provide(Quarantine, [Database, Vault, Receiver]),
    {
      provide: Doorbell,
      useFactory: (temporal: Temporal, config: Config) => new Doorbell(temporal, config.temporal.taskQueue),
      inject: [TEMPORAL, CONFIG],
    },
    provide(Relay, [Database, Doorbell, InquiryEngine]),
    provide(Reopener, [ShopDirectory, Vault, CalendarStore]),
    provide(UpdateCarrier, [TEMPORAL, Relay, LOG]),
    provide(CommandDesk, [Database, Vault, InquiryEngine, UpdateCarrier]),
  ],
  exports: [
    Backlog,
    HintReader,
    NoticeDesk,
    Receiver,
    Reconciler,
    Quarantine,
    Relay,
    Doorbell,
    Receipts,
    CommandDesk,
    Reopener,
    TestInquiries,
    Unplaced,
    Watcher,
  ],
})
export class IngestModule {}
