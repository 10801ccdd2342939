import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { ConsentedMailShop } from '../support/mail-shop.js';
import { answerPatiently } from '../support/people.js';

describe('a mailbox that is opened by consent', () => {
  let shop: ConsentedMailShop;

  beforeAll(async () => {
    shop = await ConsentedMailShop.start('watched');
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  /** A buyer writes, and is answered by a person once. */
  const answered = async (from: string, question: string, answer: string): Promise<void> => {
    await shop.arrive(from, question, ['Auto-Submitted: auto-generated']);
    await shop.sweep();
    const { id } = await shop.inquiryWith(question);
    await answerPatiently(shop.stack, id, answer);
    await shop.settles(id, ['available']);
    expect(await shop.passedOn(from)).toHaveLength(1);
  };

  /** Waits until a worker waits for mail, after `waits` waits there have been before. */
  const watched = (waits: number): Promise<unknown> =>
    eventually(
      () => shop.sim.state<{ waiting: number; waits: number }>(),
      (now) => now.waiting === 1 && now.waits > waits,
      PATIENT_MS,
    );

  const trouble = (code: string): Promise<unknown> =>
    eventually(
      () => shop.health(),
      (health) => health.trouble?.code === code,
      PATIENT_MS,
    );

  it('is red until somebody has consented, and takes no one else’s consent', async () => {
    expect((await shop.authorize()).status).toBe(422);
    expect(await shop.give({ signIn: 'google' })).toMatchObject({
      ...{ status: 422, body: { code: 'credentials_refused', errors: [{ pointer: '/signIn' }] } },
    });
    expect(await shop.give({ signIn: 'microsoft', password: 'x' })).toMatchObject({ status: 400 });
    expect((await shop.give()).status).toBe(204);
    expect(await shop.health()).toMatchObject({
      ...{ state: 'down', trouble: { code: 'authorisation_missing' }, authorisation: { state: 'missing' } },
    });
    await shop.sim.act('settings', { consentsAs: 'outra@loja.example' });
    expect(await shop.consent()).toMatchObject({ status: 422, body: { code: 'credentials_refused' } });
    await shop.sim.act('settings', { consentsAs: null, refusesConsent: true });
    expect(await shop.consent()).toMatchObject({ body: { code: 'consent_refused' } });
    await shop.sim.act('settings', { refusesConsent: false });
    expect(await shop.health()).toMatchObject({ trouble: { code: 'authorisation_missing' } });
    expect((await shop.consent()).status).toBe(200);
    await shop.becomesWell();
    expect(await shop.health()).toMatchObject({
      authorisation: { state: 'authorised', expiresIn: expect.any(Number) as number },
    });
  }, 120_000);

  it('is read and answered, and goes on when access ends early', async () => {
    await answered('marina@buyers.example', 'Chega quando?', 'Chega amanhã.');
    const { waits } = await shop.sim.state<{ waits: number }>();
    await shop.sim.act('access');
    // Who waits for news is cut off with it.
    await shop.sim.act('hangup');
    await answered('rui@buyers.example', 'E o meu?', 'Também amanhã.');
    await watched(waits);
    await shop.becomesWell();
  }, 120_000);

  it('waits when the consent is taken back, tells once, and loses and doubles nothing', async () => {
    await shop.arrive('lia@buyers.example', 'Tem azul?', ['Auto-Submitted: auto-generated']);
    await shop.sweep();
    const { id } = await shop.inquiryWith('Tem azul?');
    await shop.sim.act('access', { consent: true });
    await shop.sim.act('hangup');
    await answerPatiently(shop.stack, id, 'Temos azul.');
    await shop.arrive('ana@buyers.example', 'Alguém aí?', ['Auto-Submitted: auto-generated']);
    await shop.sweep();
    await trouble('authorisation_lost');
    expect(await shop.health()).toMatchObject({ state: 'down', authorisation: { state: 'lost' } });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter(({ kind }: { kind: string }) => kind === 'authorisation_lost')).toHaveLength(1);
    expect(await shop.passedOn('lia@buyers.example')).toEqual([]);

    const { waits } = await shop.sim.state<{ waits: number }>();
    expect((await shop.consent()).status).toBe(200);
    await eventually(
      async () => {
        // What met a lost consent is tried again after a minute; nobody here waits that long.
        await shop.stack.superuser.query(
          `with due as (update delivery set due_at = now() where state = 'queued')
           update work_queue set due_at = now() where kind = 'dispatch' and lease_until is null`,
        );
        return shop.passedOn('lia@buyers.example');
      },
      (passed) => passed.length > 0,
      PATIENT_MS,
    );
    await shop.settles(id, ['available']);
    expect(await shop.passedOn('lia@buyers.example')).toHaveLength(1);
    const { messages } = await shop.inquiryWith('Alguém aí?');
    expect(messages).toEqual(['in: Alguém aí?']);
    await watched(waits);
    await shop.becomesWell();
  }, 120_000);

  it('is lost when a token that was just made is not taken either', async () => {
    await shop.sim.act('settings', { admitsTokens: false });
    await shop.sim.act('hangup');
    await eventually(
      async () => {
        // New ones may be refused for two minutes before they are given up; nobody here waits that long.
        await shop.stack.superuser.query(
          `update channel_account set refused_at = refused_at - interval '3 minutes', refreshing_until = null
            where refused_at > now() - interval '2 minutes' and refreshed_at > refused_at`,
        );
        await shop.sweep();
        return shop.health();
      },
      (health) => health.trouble?.code === 'authorisation_lost',
      PATIENT_MS,
    );
    await shop.sim.act('settings', { admitsTokens: true });
    expect((await shop.consent()).status).toBe(200);
    await shop.becomesWell();
  }, 120_000);
});
