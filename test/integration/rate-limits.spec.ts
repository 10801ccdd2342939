import { eventually } from '../support/eventually.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';
import { Rates } from '../../src/platform/rates/index.js';

const ENVIRONMENT = {
  ATENDE_RATE_REQUESTS_PER_KEY: '40',
  ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS: '10',
  ATENDE_RATE_DELIVERIES_PER_SHOP: '5',
  ATENDE_TRUSTED_PROXIES: '127.0.0.1',
};

describe('how often one may', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ environment: ENVIRONMENT });
  }, 60_000);

  // Ends every window: in the database, and in the memory of a process that has just started.
  beforeEach(async () => {
    await stack.superuser.query('truncate rate_window');
  });

  afterAll(() => stack.stop(), 30_000);

  /** As many answers as asked for, by status. */
  const ask = async (times: number, headers: Readonly<Record<string, string>>): Promise<Record<number, number>> => {
    const counts: Record<number, number> = {};
    for (let index = 0; index < times; index += 1) {
      const { status } = await fetch(`${stack.baseUrl}/v1/me`, { headers });
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  };

  const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

  it('a key has its requests a minute and no more, another key its own', async () => {
    expect(await ask(45, bearer(stack.demo.keys.auditor))).toEqual({ 200: 40, 429: 5 });
    const refused = await stack.as('auditor').get('/v1/me');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await stack.as('ops').get('/v1/me')).status).toBe(200);
  }, 60_000);

  it('requests that come together share the same forty', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => stack.as('supervisor').get('/v1/me')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
  }, 60_000);

  it('health and metrics are not counted', async () => {
    await ask(45, bearer(stack.demo.keys.admin));
    expect((await stack.as('admin').get('/v1/me')).status).toBe(429);
    expect((await stack.as('admin').get('/metrics')).status).toBe(200);
    expect((await stack.as('admin').get('/health/live')).status).toBe(200);
  }, 60_000);

  it('an address fails ten times a minute; then it is refused before its key is looked at', async () => {
    expect(await ask(15, { ...bearer('atk_wrong'), ...from('203.0.113.1') })).toEqual({ 401: 10, 429: 5 });
    expect(await ask(2, from('203.0.113.1'))).toEqual({ 429: 2 });
    // A key that is good, tried for the first time: whoever tries keys must not learn it.
    expect(await ask(1, { ...bearer(stack.demo.keys.agent), ...from('203.0.113.1') })).toEqual({ 429: 1 });
    expect(await ask(1, { ...bearer(stack.demo.keys.agent), ...from('203.0.113.2') })).toEqual({ 200: 1 });
  }, 60_000);

  it('a key that has been working from an address goes on working there', async () => {
    const good = { ...bearer(stack.demo.keys.agent2), ...from('203.0.113.3') };
    expect(await ask(1, good)).toEqual({ 200: 1 });
    expect(await ask(12, { ...bearer('atk_wrong'), ...from('203.0.113.3') })).toEqual({ 401: 10, 429: 2 });
    expect(await ask(1, good)).toEqual({ 200: 1 });
  }, 60_000);

  it('a network of IPv6 is one address, and what an untrusted sender says of itself is not believed', async () => {
    const fail = (address: string): Promise<Record<number, number>> => ask(6, from(address));
    expect([await fail('2001:db8:1:1::1'), await fail('2001:db8:1:1::2')]).toEqual([{ 401: 6 }, { 401: 4, 429: 2 }]);
    // The last address that a trusted proxy has not added itself is the client's.
    expect(await ask(12, from('198.51.100.9, 203.0.113.4'))).toEqual({ 401: 10, 429: 2 });
    expect(await ask(1, from('198.51.100.10, 203.0.113.4'))).toEqual({ 429: 1 });
  }, 60_000);

  it('a shop has its deliveries a minute; wrongly signed ones use up nothing', async () => {
    const wrong = { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    for (let index = 0; index < 8; index += 1) {
      expect((await stack.deliver(messageEvent(), wrong)).status).toBe(401);
    }
    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1) statuses.push((await stack.deliver(messageEvent())).status);
    // It is the next delivery that learns of it: one that was taken is never refused.
    expect(statuses).toEqual([202, 202, 202, 202, 202, 202, 429]);
    const other = { shopId: stack.other.shopId, secret: stack.other.webhookSecret };
    expect((await stack.deliver(messageEvent(), other)).status).toBe(202);
  }, 60_000);

  it('processes share a budget, take it in parts, and a new minute begins anew', async () => {
    const processes = [1, 2, 3].map(() => new Rates(stack.runtime.loops, (text) => Buffer.from(`test ${text}`)));
    const spender = { kind: 'key', subject: 'shared' };
    let taken = 0;
    for (let index = 0; index < 600; index += 1) {
      for (const rates of processes) if ((await rates.spend(spender, 300)) === null) taken += 1;
    }
    expect(taken).toBe(300);
    expect(processes.map((rates) => (rates.exhausted(spender) ?? 0) > 0)).toEqual([true, true, true]);
    await stack.superuser.query(`update rate_window set ends_at = now() - interval '1 ms'`);
    const fresh = new Rates(stack.runtime.loops, (text) => Buffer.from(`test ${text}`));
    expect(await fresh.spend(spender, 300)).toBeNull();
    await stack.superuser.query(`update rate_window set ends_at = now() - interval '1 ms'`);
    await fresh.prune();
    expect((await stack.superuser.query('select 1 from rate_window')).rows).toEqual([]);
  }, 60_000);

  it('what is counted names nobody', async () => {
    await ask(1, { ...bearer('atk_wrong'), ...from('203.0.113.77') });
    const { rows } = await eventually(
      () => stack.superuser.query<{ subject: Buffer }>('select subject from rate_window'),
      (result) => result.rows.length > 0,
    );
    for (const { subject } of rows) expect([subject.length, subject.includes('203.0.113')]).toEqual([32, false]);
  });
});
