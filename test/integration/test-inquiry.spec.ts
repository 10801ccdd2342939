import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { PlatformShop } from '../support/platform-shop.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Stage = { readonly stage: string; readonly state: string; readonly code: string | null; readonly afterMs: number };

const byName = (stages: readonly Stage[]): Record<string, Stage> =>
  Object.fromEntries(stages.map((stage) => [stage.stage, stage]));

/** A busy machine may answer 503; the same key goes on with the same test. */
const patiently = (ask: () => Promise<ApiAnswer>): Promise<ApiAnswer> =>
  eventually(ask, ({ status }) => status === 201, 60_000, 500);

describe('a test of a shop', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  const outbox = async (): Promise<unknown[]> => {
    const { rows } = await stack.superuser.query<{ state: string; attempts: number; reason: string | null }>(
      'select state, attempts, reason from delivery',
    );
    return rows;
  };

  it('goes the whole way, says how long each stage took, and reaches no buyer', async () => {
    const path = `/v1/shops/${stack.demo.shopId}/test-inquiry`;
    const headers = { 'idempotency-key': 'test-of-the-shop' };
    const report = await patiently(() => stack.as('admin').post(path, {}, { headers }));
    expect(report.body.ok).toBe(true);
    const stages = byName(report.body.stages);
    expect(Object.keys(stages)).toEqual(['accepted', 'classified', 'acknowledged', 'assigned', 'visible', 'closed']);
    expect(stages['classified']).toMatchObject({ state: 'ok', code: expect.any(String) });
    expect(stages['visible']).toMatchObject({ state: 'ok' });
    expect(stages['closed']).toMatchObject({ state: 'ok', code: 'test_inquiry' });
    for (const stage of Object.values(stages)) expect(stage.afterMs).toBeGreaterThanOrEqual(0);
    for (const delivery of await outbox())
      expect(delivery).toEqual({ state: 'available', attempts: 0, reason: 'test_inquiry' });

    const again = await stack.as('admin').post(path, {}, { headers });
    expect(again.body).toEqual(report.body);
    const { rows } = await stack.superuser.query<{ test: boolean; days: number }>(
      `select test, extract(epoch from retain_until - closed_at)::int / 86400 as days from inquiry`,
    );
    expect(rows).toEqual([{ test: true, days: 1 }]);
  }, 60_000);

  it('stays one when somebody goes on with it', async () => {
    const { rows } = await stack.superuser.query<{ id: string }>('select id from inquiry where test');
    const reopened = await stack.as('supervisor').post(`/v1/inquiries/${rows[0]?.id ?? ''}/reopen`, {});
    expect(reopened.status).toBe(201);
    await answerPatiently(stack, reopened.body.inquiryId, 'Isto não sai daqui.');
    const sent = await eventually(
      async () =>
        (
          await stack.superuser.query<{ state: string; attempts: number; reason: string | null }>(
            'select state, attempts, reason from delivery where inquiry_id = $1',
            [reopened.body.inquiryId],
          )
        ).rows,
      (list) => list.some(({ state }) => state === 'available'),
      60_000,
    );
    expect(sent).toEqual([{ state: 'available', attempts: 0, reason: 'test_inquiry' }]);
  }, 120_000);

  it('is nobody’s but the administrator’s, and of a shop there is', async () => {
    const path = `/v1/shops/${stack.demo.shopId}/test-inquiry`;
    expect((await stack.as('ops').post(path, {})).status).toBe(403);
    expect((await stack.as('admin').post(`/v1/shops/${stack.other.shopId}/test-inquiry`, {})).status).toBe(404);
  });

  it('cannot be begun by a channel that only writes like one', async () => {
    const { inquiryId } = await stack.send({ buyer: 'atende-test:0198c0de-0000-7000-8000-000000000000' });
    const { rows } = await stack.superuser.query<{ test: boolean }>('select test from inquiry where id = $1', [
      inquiryId,
    ]);
    expect(rows).toEqual([{ test: false }]);
  });

  it('works where platforms only hint, and says when the machine may not write', async () => {
    const platform = await PlatformShop.start('mercadolivre');
    try {
      await platform.connect();
      const path = `/v1/shops/${platform.shopId}/test-inquiry`;
      const headers = { 'idempotency-key': 'test-of-a-platform' };
      const report = await patiently(() => platform.stack.as('admin').post(path, {}, { headers }));
      expect(report.body).toMatchObject({ ok: true });
      expect(byName(report.body.stages)['acknowledged']).not.toMatchObject({ state: 'ok' });
      expect(await platform.sim.state()).toMatchObject({ taken: [] });
    } finally {
      await platform.stop();
    }
  }, 120_000);
});
