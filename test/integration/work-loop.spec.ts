import { randomUUID } from 'node:crypto';
import { requestWork, WorkLoop, WorkQueue } from '../../src/modules/work/index.js';
import type { WorkHandler } from '../../src/modules/work/index.js';
import { WorkLoops } from '../../src/work-loops.js';
import { BuyerServer } from '../support/buyer-server.js';
import { eventually } from '../support/eventually.js';
import { setShop } from '../support/people.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const PER_SHOP = 3;

describe('a shop whose channel hangs', () => {
  let stack: Stack;
  let hanging: BuyerServer;
  let healthy: BuyerServer;

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_DISPATCHES_PER_SHOP: String(PER_SHOP) } });
    hanging = await new BuyerServer(stack.demo.webhookSecret).start();
    hanging.habit = () => ({ do: 'take_and_hang' });
    await setShop(stack, { replyUrl: hanging.url, requestTimeout: '60s' });
  }, 60_000);

  afterAll(async () => {
    // First the calls that hang, or stopping would wait for them.
    await hanging.stop();
    await stack.stop();
    await healthy.stop();
  }, 60_000);

  const waiting = async (): Promise<number> => {
    const { rows } = await stack.superuser.query<{ count: number }>(
      `select count(*)::int as count from delivery where shop_id = $1 and state = 'queued'`,
      [stack.demo.shopId],
    );
    return rows[0]?.count ?? 0;
  };

  it('keeps its own messages waiting and nobody else’s', async () => {
    const inquiries = 40;
    for (let n = 0; n < inquiries; n += 1) await stack.send({ buyer: `hanging-${n}` });
    await eventually(waiting, (count) => count === inquiries - PER_SHOP, 60_000);
    const shop = await stack
      .as('admin')
      .post('/v1/shops', { key: 'healthy', name: 'Loja Sul', channel: 'webhook', settings: { calendar: 'always' } });
    healthy = await new BuyerServer(String(shop.body.webhookSecret)).start();
    await stack.superuser.query(
      `update shop set settings = settings || jsonb_build_object('replyUrl', $2::text) where id = $1`,
      [shop.body.id, healthy.url],
    );
    const from = { shopId: String(shop.body.id), secret: String(shop.body.webhookSecret) };
    expect((await stack.deliver(messageEvent({ buyer: 'healthy' }), from)).status).toBe(202);
    await eventually(
      () => Promise.resolve(healthy.taken.length),
      (taken) => taken === 1,
      30_000,
    );
    // Had anybody waited for a call that hangs, it would be over by now and the next would have been made.
    expect(hanging.requests).toHaveLength(PER_SHOP);
    // Nor is the process out of work because of one shop.
    await stack.superuser.query(`update work_queue set due_at = due_at - interval '5 minutes' where kind = 'dispatch'`);
    expect((await stack.as(null).get('/health/ready')).body).toMatchObject({
      status: 'ready',
      dependencies: { work: { status: 'up' } },
    });
  }, 180_000);
});

describe('work in hand', () => {
  const LEASE_SECONDS = 5;
  let stack: Stack;
  let queue: WorkQueue;
  const loops: WorkLoop[] = [];

  beforeAll(async () => {
    stack = await startStack();
    await stack.application.nest.get(WorkLoops, { strict: false }).stop();
    await stack.superuser.query('delete from work_queue');
    queue = new WorkQueue(stack.runtime.loops, stack.database);
  }, 60_000);

  afterAll(async () => {
    for (const loop of loops) await loop.stop();
    await stack.stop();
  }, 30_000);

  const startLoop = (name: string, sweep: WorkHandler): void => {
    const loop = new WorkLoop(
      queue,
      { name, concurrency: 2, leaseSeconds: LEASE_SECONDS, handlers: { sweep } },
      stack.runtime.log,
    );
    loops.push(loop);
    loop.start();
  };

  const leaseOf = async (ref: string): Promise<number | null> => {
    const { rows } = await stack.superuser.query<{ lease: Date | null }>(
      'select lease_until as lease from work_queue where ref = $1',
      [ref],
    );
    return rows[0]?.lease?.getTime() ?? null;
  };

  const asked = async (): Promise<string> => {
    const ref = randomUUID();
    await stack.superuser.query(
      `insert into work_queue (kind, ref, tenant_id, due_at) values ('sweep', $1, $2, clock_timestamp())`,
      [ref, stack.demo.tenantId],
    );
    return ref;
  };

  it('is what a loop with room is handed as it is asked for, with no look at the queue', async () => {
    const ref = randomUUID();
    const writers: string[] = [];
    startLoop('near', async ({ ref: handed, attempts }) => {
      const { rows } = await stack.superuser.query<{ xmin: string }>(
        'select xmin::text from work_queue where ref = $1',
        [handed],
      );
      writers.push(`${handed} ${rows[0]?.xmin ?? ''} ${attempts}`);
      return null;
    });
    const writer = await stack.runtime.database.tenant(stack.demo.tenantId, async (tx) => {
      await requestWork(tx, [{ kind: 'sweep', ref, dueAt: Date.now() }]);
      return tx.one<{ id: string }>('select pg_current_xact_id()::text as id');
    });
    await eventually(
      () => Promise.resolve(writers),
      ({ length }) => length > 0,
    );
    // Nobody has written the row since.
    expect(writers).toEqual([`${ref} ${writer.id} 1`]);
    await loops.pop()?.stop();
    expect(await leaseOf(ref)).toBeNull();
  });

  it('stays with who does it for longer than a lease, and is taken from who died after one', async () => {
    const ref = await asked();
    let release = (): void => undefined;
    const begun: string[] = [];
    startLoop('patient', async () => {
      begun.push('patient');
      await new Promise<void>((resolve) => (release = resolve));
      return null;
    });
    const first = await eventually(
      () => leaseOf(ref),
      (lease) => lease !== null,
    );
    startLoop('other', (item) => {
      begun.push(`other ${item.ref}`);
      return Promise.resolve(null);
    });
    await eventually(
      () => leaseOf(ref),
      (lease) => (lease ?? 0) > (first ?? 0) + LEASE_SECONDS * 1_000,
      30_000,
    );
    expect(begun).toEqual(['patient']);
    release();
    await eventually(
      () => stack.superuser.query('select 1 from work_queue where ref = $1', [ref]),
      ({ rowCount }) => rowCount === 0,
    );

    // As a process leaves it that died with the item in hand: taken, and never renewed.
    const orphan = randomUUID();
    await stack.superuser.query(
      `insert into work_queue (kind, ref, tenant_id, due_at, lease_until, attempts)
       values ('sweep', $1, $2, clock_timestamp(), clock_timestamp() + interval '1 second', 1)`,
      [orphan, stack.demo.tenantId],
    );
    await eventually(
      () => Promise.resolve(begun),
      (names) => names.length === 2,
    );
    release();
  }, 60_000);
});
