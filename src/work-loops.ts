import { Inject, Injectable } from '@nestjs/common';
import { AttachmentFetcher } from './modules/attachment/index.js';
import { Caller } from './modules/call/index.js';
import { Dispatcher } from './modules/delivery/index.js';
import { Backlog, HintReader, Reconciler, Relay, Watcher } from './modules/ingest/index.js';
import { InquiryEngine } from './modules/inquiry/index.js';
import { MigrationRun } from './modules/migration/index.js';
import { HeldNotices, NoticeCourier } from './modules/notification/index.js';
import { EngineArchive } from './modules/proof/index.js';
import { Sequencer } from './modules/stream/index.js';
import { LeaseKeeper } from './modules/task/index.js';
import { WorkLoop, WorkQueue } from './modules/work/index.js';
import type { WorkItem } from './modules/work/index.js';
import type { Config } from './platform/config/index.js';
import type { Log } from './platform/log/index.js';
import { CONFIG, LOG } from './platform/nest/index.js';

const RINGS_AT_ONCE = 8;
/** A dispatch mostly waits for an answer: it holds a socket, no connection of the database. */
const DISPATCHES_AT_ONCE = 32;
const CALLS_AT_ONCE = 8;
const NOTICES_AT_ONCE = 8;
/** Reading platforms waits for them most of the time; of one shop there is a part, so that its backlog leaves others room. */
const FETCHES_AT_ONCE = 8;
const FETCHES_PER_SHOP = 4;
/** Files are held in memory while they are looked at. */
const FILES_AT_ONCE = 4;
const FILES_PER_SHOP = 2;
/** What sweeps found is read apart: thousands of it make nobody wait who writes now. */
const CATCHES_AT_ONCE = 4;
const CATCHES_PER_SHOP = 2;
const UPKEEP_AT_ONCE = 4;

/** Those at work at once ask Temporal together. */
const ARCHIVED_AT_ONCE = 8;

/** The loops that take rows of the work queue, each for what must not wait behind the others. */
@Injectable()
export class WorkLoops {
  readonly #loops: readonly WorkLoop[];

  constructor(
    @Inject(LOG) log: Log,
    @Inject(CONFIG) config: Config,
    queue: WorkQueue,
    relay: Relay,
    dispatcher: Dispatcher,
    caller: Caller,
    reader: HintReader,
    backlog: Backlog,
    reconciler: Reconciler,
    watcher: Watcher,
    attachments: AttachmentFetcher,
    engine: InquiryEngine,
    archive: EngineArchive,
    sequencer: Sequencer,
    leases: LeaseKeeper,
    notices: HeldNotices,
    courier: NoticeCourier,
    migrations: MigrationRun,
  ) {
    const relaying = { name: 'relay', concurrency: RINGS_AT_ONCE };
    const perShop = config.dispatchesPerShop;
    const dispatching = { name: 'dispatcher', concurrency: DISPATCHES_AT_ONCE, perShop };
    const calling = { name: 'caller', concurrency: CALLS_AT_ONCE };
    const telling = { name: 'courier', concurrency: NOTICES_AT_ONCE };
    const fetching = { name: 'fetcher', concurrency: FETCHES_AT_ONCE, perShop: FETCHES_PER_SHOP };
    const reads = {
      fetch: (item: WorkItem) => reader.handle(item),
      reconcile: (item: WorkItem) => reconciler.handle(item),
    };
    const filing = { name: 'files', concurrency: FILES_AT_ONCE, perShop: FILES_PER_SHOP };
    const catching = { name: 'catcher', concurrency: CATCHES_AT_ONCE, perShop: CATCHES_PER_SHOP };
    const staying = { name: 'watcher', concurrency: config.channels.watchesAtOnce, renewedForMs: Infinity };
    const archiving = { name: 'archiver', concurrency: ARCHIVED_AT_ONCE };
    const upkeep = { name: 'upkeep', concurrency: UPKEEP_AT_ONCE };
    this.#loops = [
      new WorkLoop(queue, { ...relaying, handlers: { ring: (item) => relay.handle(item) } }, log),
      new WorkLoop(queue, { ...dispatching, handlers: { dispatch: (item) => dispatcher.handle(item) } }, log),
      new WorkLoop(queue, { ...calling, handlers: { call: (item) => caller.handle(item) } }, log),
      new WorkLoop(queue, { ...telling, handlers: { notify: (item) => courier.handle(item) } }, log),
      new WorkLoop(queue, { ...fetching, handlers: reads }, log),
      new WorkLoop(queue, { ...filing, handlers: { attachment: (item) => attachments.handle(item) } }, log),
      new WorkLoop(queue, { ...staying, handlers: { watch: (item, stopping) => watcher.handle(item, stopping) } }, log),
      new WorkLoop(queue, { ...catching, handlers: { catch_up: (item) => backlog.handle(item) } }, log),
      new WorkLoop(queue, { ...archiving, handlers: { archive: (item) => archive.handle(item) } }, log),
      new WorkLoop(
        queue,
        {
          ...upkeep,
          handlers: {
            sweep: async (item) => {
              await engine.sweep(item.tenantId, item.ref);
              return null;
            },
            lease: (item) => leases.handle(item),
            sequence: (item) => sequencer.handle(item),
            notice: (item) => notices.handle(item),
            migration: (item) => migrations.handle(item),
          },
        },
        log,
      ),
    ];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** Takes no more rows and waits for those in hand. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
