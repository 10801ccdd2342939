import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { PlatformShop } from '../support/platform-shop.js';

/** What the platform allows a minute, and what of it is asked for (see the shared budget). */
const PER_MINUTE = 600;
const PER_SECOND = (PER_MINUTE * 0.8) / 60;

/** Messages that came during the outage: conversations, and how many in each. */
const CONVERSATIONS = 100;
const EACH = 10;

/** How long a new message may wait, in seconds. */
const MOST_SECONDS = 5;

const PATIENT_MS = 120_000;

describe('after an outage of a platform', () => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start('mercadolivre', { ATENDE_MERCADOLIVRE_PER_MINUTE: String(PER_MINUTE) });
    await shop.connect();
    await shop.sim.act('settings', { perMinute: PER_MINUTE });
  }, 90_000);

  afterAll(() => shop.stop(), 30_000);

  const state = (): Promise<{ readonly asked: number; readonly limited: number }> => shop.sim.state();

  const known = async (): Promise<number> => {
    const { rows } = await shop.stack.superuser.query<{ count: number }>(
      `select count(*)::int as count from message where direction = 'in' and shop_id = $1`,
      [shop.shopId],
    );
    return rows[0]?.count ?? 0;
  };

  it('a thousand messages are caught up within its limits, and who writes meanwhile does not wait for them', async () => {
    for (let at = 0; at < CONVERSATIONS; at += 1) {
      const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: 20_000 + at });
      for (let nth = 0; nth < EACH; nth += 1)
        await shop.sim.act('messages', { packId, text: `Mensagem ${at}/${nth}.`, silent: true });
    }
    const total = CONVERSATIONS * EACH;
    await shop.sweep();
    /** Requests of the application between a notice and its message. */
    const overtaken: number[] = [];
    await eventually(known, (count) => count > 0, PATIENT_MS, 50);
    for (let turn = 0; (await known()) - turn < total; turn += 1) {
      const before = (await state()).asked;
      await shop.sim.act('questions', { buyerId: 30_000 + turn, text: `Pergunta nova ${turn}?` });
      // Only questions are about something.
      await eventually(
        () => shop.stack.superuser.query('select from message where about is not null and shop_id = $1', [shop.shopId]),
        ({ rowCount }) => rowCount === turn + 1,
        PATIENT_MS,
        50,
      );
      // Told in requests of the application: a slow machine makes fewer of them, and is no fault of ours.
      overtaken.push((await state()).asked - before);
      await sleep(500);
    }
    expect((await state()).limited).toBe(0);
    expect(overtaken.length).toBeGreaterThan(3);
    expect(Math.max(...overtaken)).toBeLessThanOrEqual(MOST_SECONDS * PER_SECOND);
    const { rows } = await shop.stack.superuser.query<{ wrong: number }>(
      `select count(*)::int as wrong from (select position, sent_at, lag(sent_at) over (partition by conversation_id order by position) as before
         from message where direction = 'in' and shop_id = $1) m where before > sent_at`,
      [shop.shopId],
    );
    expect(rows[0]?.wrong).toBe(0);
  }, 300_000);
});
