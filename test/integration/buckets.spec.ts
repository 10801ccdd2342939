import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Budgets, SharedBudget } from '../../src/modules/channels/index.js';
import { Buckets } from '../../src/platform/rates/index.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** So slow that nothing comes back while a test runs. */
const SLOW = { perMinute: 0.001, capacity: 20 };

describe('buckets that processes share', () => {
  let stack: Stack;
  let processes: readonly Buckets[];

  beforeAll(async () => {
    stack = await startStack();
    const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
    processes = [1, 2].map(() => new Buckets(stack.runtime.loops, hash));
  }, 60_000);

  afterAll(() => stack.stop());

  const takeAll = async (subject: string, reserve: number, times: number): Promise<number> => {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, index) => (processes[index % 2] as Buckets).take(subject, SLOW, reserve)),
    );
    return answers.filter((answer) => answer === null).length;
  };

  it('hand out no more than they hold, whoever asks and however many at once', async () => {
    expect(await takeAll('crowd', 0, 50)).toBe(20);
    expect(await processes[0]?.level('crowd', SLOW)).toMatchObject({ pausedUntil: null });
  });

  it('are one for each account where a platform counts those, and one for its application elsewhere', async () => {
    const allowance = { requests: 20, windowMs: 1e9 };
    const workers = processes.map(
      (buckets) =>
        new Budgets(buckets, [
          { channel: 'numbers', id: null, allowance },
          { channel: 'application', id: 'a', allowance },
        ]),
    );
    const budgets = workers[0] as Budgets;
    const taken = async (channel: string, account: string): Promise<number> => {
      const answers: (number | null)[] = [];
      for (let turn = 0; turn < 5; turn += 1)
        answers.push(await (workers[turn % 2] as Budgets).of(channel, account).take('messages', true));
      return answers.filter((answer) => answer === null).length;
    };
    expect([await taken('numbers', '1'), await taken('numbers', '2'), await taken('numbers', '1')]).toEqual([3, 3, 0]);
    expect([await taken('application', '1'), await taken('application', '2')]).toEqual([3, 0]);
    expect(budgets.channels).toEqual(['application']);
    expect(await budgets.of('numbers', '2').levels(['messages'])).toMatchObject([{ left: 0, of: 3 }]);
    expect(await budgets.of('numbers', '3').levels(['messages'])).toMatchObject([{ left: 3, of: 3 }]);
  });

  it('rest for one account when it is told to wait, in every process, and for no other account or group', async () => {
    const allowance = { requests: 80, windowMs: 1_000 };
    const [first, second] = processes.map(
      (buckets) => new Budgets(buckets, [{ channel: 'whatsapp', id: null, allowance }]),
    );
    await first?.of('whatsapp', 'one').pause('messages', 60_000);
    const ask = async (account: string, group: string): Promise<number | null> =>
      (await second?.of('whatsapp', account).take(group, true)) ?? null;
    expect(await ask('one', 'messages')).toBeGreaterThan(50_000);
    expect([await ask('one', 'media'), await ask('two', 'messages')]).toEqual([null, null]);
    const [level] = (await second?.of('whatsapp', 'one').levels(['messages'])) ?? [];
    expect(level?.pausedUntil).toBeGreaterThan(Date.now() + 50_000);
    // It would have filled up long ago.
    await sleep(300);
    expect(await second?.of('whatsapp', 'one').levels(['messages'])).toMatchObject([{ left: 0, of: 12 }]);
  });

  it('give something to whoever leaves a part to messages, however little is allowed', async () => {
    for (const requests of [1, 2, 5, 8, 9, 80]) {
      const allowance = { requests, windowMs: 100 };
      const few = new SharedBudget(processes[0] as Buckets, `few|${requests}`, allowance);
      expect([requests, await few.take('g', true)]).toEqual([requests, null]);
      // A full bucket again.
      await sleep(300);
      expect([requests, await few.take('g', false)]).toEqual([requests, null]);
    }
  });

  it('keep a part for those who may have it', async () => {
    expect(await takeAll('reserve', 5, 50)).toBe(15);
    expect(await takeAll('reserve', 0, 50)).toBe(5);
  });

  it('keep a part that is no whole number, as of 500 a minute', async () => {
    expect(await takeAll('fraction', 4.75, 50)).toBe(15);
    expect(await takeAll('fraction', 0, 50)).toBe(5);
  });

  it('say when it is worth asking again', async () => {
    const brisk = { perMinute: 60, capacity: 1 };
    expect(await processes[0]?.take('brisk', brisk, 0)).toBeNull();
    const wait = (await processes[1]?.take('brisk', brisk, 0)) ?? 0;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_000);
  });

  it('are shut for everybody while one has been told to wait', async () => {
    await processes[0]?.pause('shut', 60_000);
    const wait = (await processes[1]?.take('shut', { perMinute: 60_000, capacity: 1_000 }, 0)) ?? 0;
    expect(wait).toBeGreaterThan(30_000);
    const level = await processes[0]?.level('shut', SLOW);
    expect(level?.pausedUntil).toBeGreaterThan(Date.now());
  });
});
