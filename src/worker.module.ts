import { Inject, Injectable, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import type { InjectedSinks } from '@temporalio/worker';
import type pg from 'pg';
import { drainActivities } from './activities/drain-activities.js';
import { sweepActivities } from './activities/sweep-activities.js';
import { AccountModule } from './modules/account/index.js';
import { AttachmentFetcher, AttachmentModule, AttachmentSource, StoredFiles } from './modules/attachment/index.js';
import { Caller, CallModule, OutsideSystem } from './modules/call/index.js';
import { ChannelsModule } from './modules/channels/index.js';
import { ConnectionModule, Connections } from './modules/connection/index.js';
import { ChannelMeter, DeliveryModule, Dispatcher, Receipts, Ways, waysProvider } from './modules/delivery/index.js';
import type { DemoBuyer } from './modules/demo/index.js';
import { IngestModule } from './modules/ingest/index.js';
import { InquiryCalls, InquiryEngine, InquiryModule, InquiryNotices } from './modules/inquiry/index.js';
import { MigrationModule } from './modules/migration/index.js';
import {
  NoticeCourier,
  NoticeMeter,
  NoticeWriter,
  NotificationModule,
  OutsideWays,
} from './modules/notification/index.js';
import { PolicyModule, TextPolicy } from './modules/policy/index.js';
import { ProofModule } from './modules/proof/index.js';
import { RetentionModule, RetentionSchedule, RetentionSweep } from './modules/retention/index.js';
import { ShopModule } from './modules/shop/index.js';
import { StreamModule } from './modules/stream/index.js';
import { TaskModule } from './modules/task/index.js';
import { WorkModule } from './modules/work/index.js';
import type { Config } from './platform/config/index.js';
import { Vault } from './platform/crypto/index.js';
import { Database } from './platform/database/index.js';
import { Egress } from './platform/egress/index.js';
import type { FileStore } from './platform/files/index.js';
import { reach } from './platform/kill-point/index.js';
import type { Log } from './platform/log/index.js';
import { CONFIG, FILES, LOG, LOOPS, TEMPORAL, WORKFLOW_BUNDLE } from './platform/nest/index.js';
import { Buckets } from './platform/rates/index.js';
import { WorkerHost } from './platform/temporal/index.js';
import type { Temporal } from './platform/temporal/index.js';
import type { Marks } from './workflows/messages.js';
import { WorkLoops } from './work-loops.js';

/** Connections the worker leaves to everything else that runs in the process. */
const RESERVED_CONNECTIONS = 2;
const GRACE_MS = 5_000;

/** Called after a workflow has decided and before anything of it is reported. */
const MARKS: InjectedSinks<Marks> = { marks: { reach: { fn: (_workflow, name) => reach(name) } } };

/** Runs the Temporal worker and the loops, and stops them before the database goes away. */
@Injectable()
export class WorkerRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #worker: WorkerHost | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
    @Inject(WORKFLOW_BUNDLE) private readonly workflowBundle: string,
    private readonly engine: InquiryEngine,
    private readonly sweep: RetentionSweep,
    private readonly schedule: RetentionSchedule,
    private readonly loops: WorkLoops,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#worker = await WorkerHost.start({
      temporal: this.temporal,
      taskQueue: this.config.temporal.taskQueue,
      workflowBundle: { codePath: this.workflowBundle },
      activities: { ...drainActivities(this.engine), ...sweepActivities(this.sweep) },
      sinks: MARKS,
      localActivitySlots: Math.max(1, this.config.database.poolSize - RESERVED_CONNECTIONS),
      graceMs: GRACE_MS,
      log: this.log,
      onFailure: (error) => {
        this.log.fatal({ err: error }, 'the worker stopped');
        process.exitCode = 1;
        process.kill(process.pid, 'SIGTERM');
      },
    });
    this.loops.start();
    // Without it nothing is archived; with Temporal as good as up, the next start will make it.
    await this.schedule
      .ensure()
      .catch((error: unknown) => this.log.error({ err: error }, 'retention sweep not scheduled'));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loops.stop();
    await this.#worker?.stop();
  }

  /** True while the worker takes work. */
  get isRunning(): boolean {
    return this.#worker?.isRunning ?? false;
  }
}

type DispatcherParts = [Database, Vault, Receipts, ChannelMeter, TextPolicy, Ways, StoredFiles];

/** The part of a process that does the work. */
@Module({})
export class WorkerModule {
  static with(demoBuyer: DemoBuyer | null): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        AccountModule,
        AttachmentModule,
        CallModule,
        ChannelsModule,
        ConnectionModule,
        DeliveryModule,
        IngestModule,
        InquiryModule,
        MigrationModule,
        NotificationModule,
        PolicyModule,
        ProofModule,
        RetentionModule,
        ShopModule,
        StreamModule,
        TaskModule,
        WorkModule,
      ],
      providers: [
        WorkerRunner,
        WorkLoops,
        waysProvider(() => demoBuyer?.url ?? null),
        {
          provide: Dispatcher,
          useFactory: (...[database, vault, receipts, meter, policy, ways, files]: DispatcherParts) =>
            new Dispatcher({ database, vault, receipts, meter, policy, ways, files }),
          inject: [Database, Vault, Receipts, ChannelMeter, TextPolicy, Ways, StoredFiles],
        },
        {
          provide: AttachmentFetcher,
          useFactory: (
            ...[config, database, vault, files, source]: [Config, Database, Vault, FileStore, AttachmentSource]
          ) => new AttachmentFetcher({ database, vault, files, source, maxBytes: config.files.maxBytes }),
          inject: [CONFIG, Database, Vault, FILES, AttachmentSource],
        },
        {
          provide: AttachmentSource,
          useFactory: (database: Database, egress: Egress, loops: pg.Pool, vault: Vault, ways: Ways) => {
            const buckets = new Buckets(loops, (text) => vault.fingerprint('bucket', text));
            return new AttachmentSource({ database, egress, buckets, ways });
          },
          inject: [Database, Egress, LOOPS, Vault, Ways],
        },
        {
          provide: Caller,
          useFactory: (
            database: Database,
            connections: Connections,
            vault: Vault,
            outside: OutsideSystem,
            engine: InquiryEngine,
          ) => new Caller({ database, connections, vault, outside, sink: new InquiryCalls(engine, vault) }),
          inject: [Database, Connections, Vault, OutsideSystem, InquiryEngine],
        },
        {
          provide: NoticeCourier,
          useFactory: (
            database: Database,
            writer: NoticeWriter,
            ways: OutsideWays,
            meter: NoticeMeter,
            engine: InquiryEngine,
            vault: Vault,
          ) => new NoticeCourier({ database, writer, ways, meter, sink: new InquiryNotices(engine, vault) }),
          inject: [Database, NoticeWriter, OutsideWays, NoticeMeter, InquiryEngine, Vault],
        },
      ],
      exports: [WorkerRunner],
    };
  }
}
