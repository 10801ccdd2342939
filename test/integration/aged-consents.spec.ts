import { randomInt } from 'node:crypto';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { PlatformShop } from '../support/platform-shop.js';
import type { ShopHealth } from '../support/platform-shop.js';

const DAY_MS = 86_400_000;

/** By platform: how many days a refresh token waits to be used, how long access lasts in seconds, and where buyers write. */
const PLATFORMS = [
  ['mercadolivre', 183, 10_800, 'questions'],
  ['shopee', 30, 14_400, 'messages'],
] as const;

type Health = ShopHealth & {
  readonly authorisation: { readonly state: string; readonly expiresIn: number; readonly consentEndsIn: number | null };
};

describe.each(PLATFORMS)('a consent on %s that nobody uses', (channel, days, accessLasts, call) => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start(channel);
    await shop.connect();
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  const write = (text: string): Promise<unknown> =>
    shop.sim.act(call, { buyerId: String(randomInt(5_000, 9_000)), text });

  const health = async (): Promise<Health> => (await shop.health()) as Health;

  const countsDown = async (): Promise<void> => {
    const { state, authorisation } = await health();
    expect([state, authorisation.state, authorisation.consentEndsIn]).toEqual(['ok', 'authorised', null]);
    expect(Math.abs(authorisation.expiresIn - accessLasts)).toBeLessThan(120);
  };

  /** Nobody asked the platform for anything in so many days. */
  const pass = async (some: number): Promise<void> => {
    await shop.sim.act('elapse', { ms: some * DAY_MS });
    await shop.stack.superuser.query(`update channel_account set expires_at = expires_at - make_interval(days => $1)`, [
      some,
    ]);
  };

  it('is renewed to its last day, and counts down from the beginning then', async () => {
    await countsDown();
    await pass(days - 1);
    await write('Ainda na validade?');
    await shop.inquiryWith('Ainda na validade?');
    await countsDown();
  }, 60_000);

  it('is over afterwards: its administrators are told once, nothing is lost, and a new one goes on', async () => {
    await pass(days + 1);
    await write('Passou da validade?');
    await eventually(
      () => health(),
      ({ authorisation }) => authorisation.state === 'lost',
      PATIENT_MS,
      200,
    );
    expect(await health()).toMatchObject({ state: 'down', trouble: { code: 'authorisation_lost' } });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter((item: { kind: string }) => item.kind === 'authorisation_lost')).toHaveLength(1);
    expect((await shop.connect()).status).toBe(200);
    await shop.inquiryWith('Passou da validade?');
    expect(await health()).toMatchObject({ authorisation: { state: 'authorised' } });
  }, 60_000);
});
