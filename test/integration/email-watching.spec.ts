import { setTimeout as pause } from 'node:timers/promises';
import { Accounts } from '../../src/modules/account/index.js';
import { Connectors } from '../../src/modules/channels/index.js';
import { Watcher } from '../../src/modules/ingest/index.js';
import { ShopDirectory } from '../../src/modules/shop/index.js';
import { WorkLoop, WorkQueue } from '../../src/modules/work/index.js';
import { Vault } from '../../src/platform/crypto/index.js';
import { Database } from '../../src/platform/database/index.js';
import { WorkLoops } from '../../src/work-loops.js';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { MailShop } from '../support/mail-shop.js';

/** What people are promised between a mail and its inquiry. */
const SOON_MS = 2_000;

describe('a mailbox that is watched', () => {
  let shop: MailShop;

  beforeAll(async () => {
    shop = await MailShop.start('watched');
    expect((await shop.give()).status).toBe(204);
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  type Waiting = { readonly waiting: number; readonly waits: number };
  const waiting = (): Promise<Waiting> => shop.sim.state<Waiting>();

  /** As many connections wait for news, and there have been more waits than `after`. */
  const waits = (count: number, after = 0): Promise<Waiting> =>
    eventually(waiting, (now) => now.waiting === count && now.waits > after, PATIENT_MS);

  const comes = (text: string): Promise<unknown> =>
    eventually(
      () => shop.shownWith(text),
      (inquiry) => inquiry !== undefined,
      PATIENT_MS,
    );

  const watchedSince = async (): Promise<string | null> =>
    ((await shop.health()) as unknown as { notices: { watchedSince: string | null } }).notices.watchedSince;

  const isWatched = (is: boolean): Promise<unknown> =>
    eventually(watchedSince, (since) => (since !== null) === is, PATIENT_MS);

  it('tells of mail at once', async () => {
    await waits(1);
    await isWatched(true);
    const took: number[] = [];
    for (const text of ['Primeira.', 'Segunda.', 'Terceira.']) {
      const begunAt = Date.now();
      await shop.arrive('Marina <marina@buyers.example>', text);
      await comes(text);
      took.push(Date.now() - begunAt);
    }
    // The fastest: a machine that is busy with something else takes its time.
    expect(Math.min(...took)).toBeLessThan(SOON_MS);
  }, 120_000);

  it('loses nothing that it was not told of', async () => {
    await shop.sim.act('settings', { tellsIdle: false });
    await shop.arrive('Rui <rui@buyers.example>', 'Ninguém avisou.');
    await shop.sim.act('settings', { tellsIdle: true });
    await shop.arrive('Lia <lia@buyers.example>', 'Desta, sim.');
    await comes('Desta, sim.');
    await comes('Ninguém avisou.');
    await shop.sim.act('settings', { tellsIdle: false });
    await shop.arrive('Rui <rui@buyers.example>', 'De novo ninguém.');
    await shop.sweep();
    await comes('De novo ninguém.');
    await shop.sim.act('settings', { tellsIdle: true });
  }, 120_000);

  it('connects again when it is cut off, and looks for what came in between', async () => {
    const { waits: before } = await waits(1);
    await shop.sim.act('hangup');
    await shop.arrive('Ana <ana@buyers.example>', 'Enquanto isso.');
    await comes('Enquanto isso.');
    await waits(1, before);
  }, 120_000);

  describe('by workers that come and go', () => {
    let loops: WorkLoops;
    let queue: WorkQueue;

    beforeAll(async () => {
      const { nest } = shop.stack.application;
      [loops, queue] = [nest.get(WorkLoops, { strict: false }), nest.get(WorkQueue, { strict: false })];
      await loops.stop();
    });

    /** What another worker would run, in this process; it looks often whether the credentials are still the same. */
    const worker = (name: string): WorkLoop => {
      const tools = [Database, Vault, ShopDirectory, Connectors, Accounts] as const;
      const [database, vault, shops, connectors, accounts] = tools.map((tool) =>
        shop.stack.application.nest.get<unknown>(tool, { strict: false }),
      ) as [Database, Vault, ShopDirectory, Connectors, Accounts];
      const watcher = new Watcher(database, vault, shops, connectors, accounts, 200);
      const handlers = { watch: watcher.handle.bind(watcher) };
      const options = { name, concurrency: 4, leaseSeconds: 2, renewedForMs: Infinity, handlers };
      return new WorkLoop(queue, options, shop.stack.runtime.log);
    };

    it('has one of them at a time, and another when that one stops', async () => {
      await waits(0);
      await isWatched(false);
      const [first, second] = [worker('first'), worker('second')];
      first.start();
      const { waits: alone } = await waits(1);
      second.start();
      // Longer than a lease: whoever took it for free would have connected by now.
      await pause(3_000);
      expect(await waiting()).toMatchObject({ waiting: 1, waits: alone });
      await first.stop();
      await waits(1, alone);
      await second.stop();
      await waits(0);
    }, 120_000);

    it('follows the credentials: others are taken, none means that nobody is there', async () => {
      const one = worker('one');
      one.start();
      const { waits: before } = await waits(1);
      await shop.sim.act('accounts', { user: 'outra@loja.example', password: 'another-password' });
      const other = { address: 'outra@loja.example', password: 'another-password' };
      expect((await shop.give(other)).status).toBe(204);
      await waits(1, before);
      const { status } = await shop.stack.as('admin').delete(`/v1/shops/${shop.shopId}/credentials`);
      expect(status).toBe(204);
      await waits(0);
      expect(await watchedSince()).toBeNull();
      expect((await shop.give()).status).toBe(204);
      await waits(1);
      await one.stop();
    }, 120_000);

    it('is taken over from one that died', async () => {
      await waits(0);
      const { waits: before } = await waiting();
      // A process that takes it and dies: nobody gives it back.
      const [taken] = await queue.take(['watch'], { limit: 1 }, 2);
      expect(taken).toMatchObject({ kind: 'watch', ref: shop.shopId });
      loops.start();
      await waits(1, before);
      await isWatched(true);
    }, 120_000);
  });
});
