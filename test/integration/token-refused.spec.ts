import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { PlatformShop } from '../support/platform-shop.js';

const ASKS = {
  mercadolivre: { call: 'questions', about: { text: 'Ninguém entra?', buyerId: 7_100 } },
  shopee: { call: 'messages', about: { text: 'Ninguém entra?', buyerId: '7100' } },
} as const;

describe.each(['mercadolivre', 'shopee'] as const)('a token of %s that is refused although it is new', (channel) => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start(channel);
    expect((await shop.connect()).status).toBe(200);
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  const refreshed = async (): Promise<number> => (await shop.state<{ refreshed: number }>()).refreshed;

  /** What waits is tried at once. */
  const hurry = (): Promise<unknown> =>
    shop.stack.superuser.query(`update work_queue set due_at = now() where kind in ('fetch', 'catch_up')`);

  it('is not renewed again and again, and is given up when that goes on', async () => {
    await shop.sim.act('settings', { admitsTokens: false });
    await shop.sim.act(ASKS[channel].call, ASKS[channel].about);
    await eventually(
      async () => (await hurry(), refreshed()),
      (count) => count === 1,
      PATIENT_MS,
    );
    for (let turn = 0; turn < 10; turn += 1) {
      await hurry();
      await sleep(200);
    }
    // One token was tried and refused; the next is not asked for before a rest.
    expect(await refreshed()).toBe(1);
    expect(await shop.health()).not.toMatchObject({ trouble: { code: 'authorisation_lost' } });
    await shop.stack.superuser.query(
      `update channel_account set refused_at = refused_at - interval '3 minutes', refreshing_until = null`,
    );
    const health = await eventually(
      async () => (await hurry(), shop.health()),
      ({ state }) => state === 'down',
      PATIENT_MS,
    );
    expect(health).toMatchObject({ trouble: { code: 'authorisation_lost' }, waiting: { count: 1 } });
    expect(await refreshed()).toBe(2);
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter(({ kind }: { kind: string }) => kind === 'authorisation_lost')).toHaveLength(1);
    await shop.sim.act('settings', { admitsTokens: true });
    expect((await shop.connect()).status).toBe(200);
    expect((await shop.inquiryWith('Ninguém entra?')).messages).toEqual(['in: Ninguém entra?']);
  }, 120_000);
});
