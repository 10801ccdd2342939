import pg from 'pg';
import { Database } from '../../src/platform/database/index.js';
import type { Tx } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { testServers } from '../support/stack.js';

const POOL = 2;

describe('connections that die', () => {
  const tenant = newId();
  let database: Database;
  let superuser: pg.Client;

  beforeAll(async () => {
    const { appUrl, superuserUrl } = testServers();
    database = await Database.connect({ url: appUrl, poolSize: POOL, transactionTimeoutMs: 200 });
    superuser = new pg.Client(superuserUrl);
    await superuser.connect();
  });

  afterAll(async () => {
    await database.close();
    await superuser.end();
  });

  const pidOf = async (tx: Tx): Promise<number> =>
    (await tx.first<{ pid: number }>('select pg_backend_pid() as pid', []))?.pid ?? 0;

  const end = async (pid: number): Promise<void> => {
    await superuser.query('select pg_terminate_backend($1, 1000)', [pid]);
  };

  it('does not end a transaction at the usual time that asked for more', async () => {
    const work = (tx: Tx): Promise<unknown> => tx.run('select pg_sleep(0.5)', []);
    await database.tenant(tenant, work, { timeoutMs: 10_000 });
    await expect(database.tenant(tenant, work, { timeoutMs: 300 })).rejects.toThrow('transaction timeout');
  });

  it('takes a transaction again, once, that waited too long for others; not one that has no time left', async () => {
    const slowAtFirst = (slow: number): [(tx: Tx) => Promise<number>, () => number] => {
      let times = 0;
      const work = async (tx: Tx): Promise<number> => {
        times += 1;
        await tx.run('select pg_sleep($1)', [times <= slow ? 1 : 0]);
        return times;
      };
      return [work, () => times];
    };
    const [once] = slowAtFirst(1);
    expect(await database.tenant(tenant, once)).toBe(2);
    const [twice, tried] = slowAtFirst(2);
    await expect(database.tenant(tenant, twice)).rejects.toThrow('transaction timeout');
    expect(tried()).toBe(2);
    for (const options of [{ urgent: true }, { timeoutMs: 300 }]) {
      const [work, times] = slowAtFirst(1);
      await expect(database.tenant(tenant, work, options)).rejects.toThrow('transaction timeout');
      expect(times()).toBe(1);
    }
  });

  it('reports the first statement that failed, also one that nobody waited for', async () => {
    const later = async (tx: Tx): Promise<void> => {
      await tx.post('select 1 / 0');
      await tx.run('select 1', []);
    };
    await expect(database.tenant(tenant, later)).rejects.toThrow('division by zero');
    await expect(database.tenant(tenant, (tx) => tx.post('select 1 / 0'))).rejects.toThrow('division by zero');
  });

  it('does not pass for committed when an error was caught on the way', async () => {
    const work = (tx: Tx): Promise<unknown> => tx.run('select 1 / 0', []).catch(() => undefined);
    await expect(database.tenant(tenant, work)).rejects.toThrow('division by zero');
  });

  it.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['by the time-out of a transaction', (tx) => tx.run('select pg_sleep(2)', [])],
    ['before the commit', async (tx) => end(await pidOf(tx))],
    [
      'between two statements',
      async (tx) => {
        await end(await pidOf(tx));
        await tx.run('select 1', []);
      },
    ],
  ])('do not keep their place in the pool: %s', async (_when, work) => {
    for (let round = 0; round < 2 * POOL; round += 1) await expect(database.tenant(tenant, work)).rejects.toThrow();
    expect(database.usage()).toMatchObject({ open: 0, waiting: 0 });
    expect(await database.tenant(tenant, pidOf)).toBeGreaterThan(0);
  });

  it('are opened before anybody asks for them', async () => {
    const fresh = await Database.connect({ url: testServers().appUrl, poolSize: POOL });
    await fresh.warmUp();
    expect(fresh.usage()).toEqual({ open: POOL, idle: POOL, waiting: 0 });
    await fresh.close();
    const nowhere = await Database.connect({ url: 'postgresql://atende_app@127.0.0.1:1/atende', poolSize: POOL });
    await nowhere.warmUp();
    expect(nowhere.usage().open).toBe(0);
    await nowhere.close();
  });

  it('end with the pool, although nobody ever asked for an entity: or a command that is done would not exit', async () => {
    const fresh = await Database.connect({ url: testServers().appUrl, poolSize: POOL });
    await fresh.tenant(tenant, pidOf);
    await fresh.close();
    expect(fresh.usage()).toEqual({ open: 0, idle: 0, waiting: 0 });
  });

  it('do not keep their place in the pool: while nobody used them', async () => {
    for (let round = 0; round < 2 * POOL; round += 1) {
      await end(await database.tenant(tenant, pidOf));
      // Whether the pool has noticed by now or the next transaction does: neither may take a place with it.
      await database.tenant(tenant, pidOf).catch(() => undefined);
    }
    expect(await database.tenant(tenant, pidOf)).toBeGreaterThan(0);
    expect(database.usage()).toEqual({ open: 1, idle: 1, waiting: 0 });
  });
});
