import fc from 'fast-check';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { PlatformShop } from '../support/platform-shop.js';

const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_122);
const SCHEDULES = Number(process.env['ATENDE_PLATFORM_SCHEDULES'] ?? 12);

/** What the platform's server says it has. */
type PlatformState = {
  readonly questions: readonly {
    readonly id: number;
    readonly text: string;
    readonly answer: { readonly text: string } | null;
  }[];
  readonly messages: readonly {
    readonly id: string;
    readonly text: string;
    readonly from: { readonly user_id: number };
  }[];
  readonly taken: readonly { readonly about: string; readonly text: string }[];
  readonly refreshed: number;
};

describe('a shop on Mercado Livre', () => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start('mercadolivre');
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  const ask = (text: string, given: Readonly<Record<string, unknown>> = {}): Promise<{ readonly id: number }> =>
    shop.sim.act('questions', { buyerId: 5_001, text, ...given });

  it('is red until its administrator has agreed on the platform, once', async () => {
    const before = await shop.health();
    expect(before).toMatchObject({ state: 'down', trouble: { code: 'authorisation_missing' } });
    const { status, back } = await shop.connect();
    expect(status).toBe(200);
    expect((await fetch(back)).status).toBe(422);
    expect(await shop.health()).toMatchObject({
      ...{ state: 'ok', authorisation: { state: 'authorised' }, trouble: null, channel: 'mercadolivre' },
    });
  });

  it('keeps tokens and what it was told sealed', async () => {
    const { rows } = await shop.stack.superuser.query<{ text: string }>(
      `select encode(credentials, 'escape') || encode(account, 'escape') as text from channel_account`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toMatch(/APP_USR|TG-|1001/);
  });

  it('does not listen to who cannot be the platform', async () => {
    const { noticesUrl } = await shop.sim.act<{ noticesUrl: string }>('settings');
    const notice = { resource: '/questions/1', user_id: 1001, topic: 'questions', application_id: 7000000001 };
    const post = async (url: string, body: object): Promise<number> =>
      (
        await fetch(url, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        })
      ).status;
    expect(await post(noticesUrl.replace(/.$/, 'x'), notice)).toBe(401);
    expect(await post(noticesUrl, { ...notice, application_id: 1 })).toBe(401);
    // Of a seller nobody here knows, and of what nobody here reads: answered all the same, or the platform would stop.
    expect(await post(noticesUrl, { ...notice, user_id: 4242 })).toBe(200);
    expect(await post(noticesUrl, { ...notice, topic: 'items', resource: '/items/MLB1' })).toBe(200);
  });

  it('takes a question and answers it, once, and knows its own answer when it comes back', async () => {
    const { id } = await ask('Tem na cor azul?');
    const inquiry = await shop.inquiryWith('Tem na cor azul?');
    await answerPatiently(shop.stack, inquiry.id, 'Temos sim!');
    await shop.settles(inquiry.id, ['available']);
    await shop.sim.act('notices', { topic: 'questions', resource: `/questions/${id}` });
    await shop.sim.act('notices', { topic: 'questions', resource: `/questions/${id}` });
    const next = await ask('E na cor verde?');
    await shop.inquiryWith('E na cor verde?');
    expect(next.id).not.toBe(id);
    await shop.messagesBecome(inquiry.id, ['in: Tem na cor azul?', 'out: Temos sim!']);
    expect((await shop.state<PlatformState>()).taken.filter(({ about }) => about === String(id))).toHaveLength(1);
  }, 120_000);

  it('shows how long the platform says that its buyers wait', async () => {
    const figure = { name: 'response_time', value: 42, unit: 'minutes', target: null };
    expect(await shop.rating()).toEqual([
      { ...figure, part: null },
      { ...figure, part: 'working_hours' },
    ]);
  }, 120_000);

  it('answers each of a buyer’s questions where it was asked', async () => {
    const texts = ['Primeira dúvida?', 'Segunda dúvida?'];
    const asked = [];
    for (const text of texts) asked.push(await ask(text, { buyerId: 5_100 }));
    const inquiries = [await shop.inquiryWith('Primeira dúvida?'), await shop.inquiryWith('Segunda dúvida?')];
    // The newer one is answered last: an answer must not go to whatever the buyer wrote last.
    for (const [index, inquiry] of inquiries.entries())
      await answerPatiently(shop.stack, inquiry.id, `Resposta ${index}.`);
    for (const inquiry of inquiries) await shop.settles(inquiry.id, ['available']);
    const { questions } = await shop.state<PlatformState>();
    expect(asked.map(({ id }) => questions.find((question) => question.id === id)?.answer?.text)).toEqual([
      ...['Resposta 0.', 'Resposta 1.'],
    ]);
  }, 120_000);

  it('answers after a sale within the limits of the platform', async () => {
    const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_200 });
    await shop.sim.act('messages', { packId, text: 'Veio errado.' });
    const inquiry = await shop.inquiryWith('Veio errado.');
    for (const text of ['a'.repeat(351), '你好']) {
      const answers = await Promise.all(
        (['agent', 'agent2'] as const).map((key) =>
          shop.stack.as(key).post(`/v1/inquiries/${inquiry.id}/replies`, { text }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([422, 422]);
    }
    await answerPatiently(shop.stack, inquiry.id, 'Já trocamos.');
    await shop.settles(inquiry.id, ['available']);
    await shop.sim.act('messages', { packId, text: 'Obrigada!' });
    await shop.inquiryWith('Obrigada!');
    const sent = (await shop.state<PlatformState>()).messages.filter(({ text }) => text === 'Já trocamos.');
    expect(sent).toHaveLength(1);
  }, 120_000);

  it('does not let out what the platform would hide, and says where it stands', async () => {
    const { id } = await ask('Posso falar com vocês por fora?', { buyerId: 5_210 });
    const inquiry = await shop.inquiryWith('Posso falar com vocês por fora?');
    const agents = (['agent', 'agent2'] as const).map((key) => shop.stack.as(key));
    const text = 'Claro! Chama no (11) 98765-4321.';
    for (const agent of agents) {
      const answer = await agent.post(`/v1/inquiries/${inquiry.id}/replies`, { text, acceptWarnings: true });
      expect([answer.status, answer.body.code]).toEqual([422, 'policy_violation']);
      const [violation] = answer.body.violations;
      expect(violation).toMatchObject({
        id: 'contact_phone',
        why: { en: expect.any(String), 'zh-CN': expect.any(String) },
      });
      expect(text.slice(violation.start, violation.end)).toBe('(11) 98765-4321');
    }
    await answerPatiently(shop.stack, inquiry.id, 'Só por aqui, pode perguntar.');
    await shop.settles(inquiry.id, ['available']);
    expect((await shop.state<PlatformState>()).taken.filter(({ about }) => about === String(id))).toHaveLength(1);
  }, 120_000);

  it('warns who sends nearly the same text to one buyer after the other', async () => {
    const text = (name: string): string =>
      `Olá, ${name}! Seu pedido já saiu do nosso estoque e chega em até três dias úteis, pode ficar tranquilo.`;
    const inquiries = [];
    for (const [index, name] of ['Ana', 'Bia', 'Caio', 'Davi'].entries()) {
      await ask(`Sou ${name}, cadê o pedido?`, { buyerId: 5_220 + index });
      inquiries.push({ name, ...(await shop.inquiryWith(`Sou ${name}, cadê o pedido?`)) });
    }
    for (const { id, name } of inquiries.slice(0, 3)) {
      await answerPatiently(shop.stack, id, text(name));
      await shop.settles(id, ['available']);
    }
    const [last] = inquiries.slice(3);
    const check = await shop.stack
      .as('agent')
      .post(`/v1/inquiries/${last?.id ?? ''}/replies/check`, { text: text('Davi') });
    expect(check.body).toMatchObject({ violations: [], warnings: [{ id: 'repetitive' }] });
    const { rows } = await shop.stack.superuser.query<{ count: number }>(
      'select count(*)::int as count from sent_sketch',
    );
    expect(rows[0]?.count).toBeGreaterThanOrEqual(3);
  }, 120_000);

  it('finds by a sweep what no notice told of, and counts it', async () => {
    await ask('Ninguém te avisou?', { silent: true, buyerId: 5_300 });
    const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_301 });
    await shop.sim.act('messages', { packId, text: 'Nem desta.', silent: true });
    await shop.sweep();
    await shop.inquiryWith('Ninguém te avisou?');
    await shop.inquiryWith('Nem desta.');
    await eventually(
      () => shop.health(),
      (health) => health.gaps.lastDay === 2,
      PATIENT_MS,
    );
    expect(await shop.health()).toMatchObject({ notices: { state: 'losing' } });
  }, 120_000);

  it('says that the platform tells nothing any more once messages keep being found long after the last notice', async () => {
    await shop.sim.act('topics', { topic: 'questions', off: true });
    const texts = ['Alguém?', 'Tem alguém aí?', 'Oi?'];
    for (const [index, text] of texts.entries()) await ask(text, { buyerId: 5_310 + index });
    // The account was opened, and the last notice came, hours ago.
    const { superuser } = shop.stack;
    await superuser.query(`update raw_delivery set received_at = received_at - interval '3 hours'`);
    await superuser.query(`update channel_account set authorised_at = authorised_at - interval '3 hours'`);
    await shop.sweep();
    for (const text of texts) await shop.inquiryWith(text);
    const { trouble } = await eventually(
      () => shop.health(),
      ({ notices }) => notices.state === 'off',
      PATIENT_MS,
    );
    expect(trouble).toMatchObject({ code: 'notices_stopped' });
    await shop.sim.act('topics', { topic: 'questions' });
    await ask('E agora?', { buyerId: 5_314 });
    await shop.inquiryWith('E agora?');
    expect(await shop.health()).toMatchObject({ notices: { state: 'losing' }, trouble: null });
  }, 120_000);

  it('gives the text back when somebody has answered on the platform itself, and shows what they wrote', async () => {
    const { id } = await ask('Parcela em 12x?', { buyerId: 5_400 });
    const inquiry = await shop.inquiryWith('Parcela em 12x?');
    await shop.sim.act('answers', { questionId: id, text: 'Sim, em 12x.', silent: true });
    await answerPatiently(shop.stack, inquiry.id, 'Não parcelamos.');
    await shop.messagesBecome(inquiry.id, ['in: Parcela em 12x?', 'out: Não parcelamos.', 'out: Sim, em 12x.']);
    await shop.settles(inquiry.id, ['cancelled']);
    expect((await shop.state<PlatformState>()).taken.filter(({ about }) => about === String(id))).toEqual([]);
  }, 120_000);

  it('finds by a sweep that somebody has answered on the platform, though no notice told of it', async () => {
    const { id } = await ask('Entrega em Manaus?', { buyerId: 5_450 });
    const inquiry = await shop.inquiryWith('Entrega em Manaus?');
    const sweep = async (): Promise<void> => {
      const { rows } = await shop.stack.superuser.query<{ at: Date }>('select swept_at as at from channel_account');
      await shop.sweep();
      await eventually(
        () => shop.stack.superuser.query<{ at: Date }>('select swept_at as at from channel_account'),
        (now) => Number(now.rows[0]?.at) > Number(rows[0]?.at),
        PATIENT_MS,
      );
    };
    await sweep();
    await shop.sim.act('answers', { questionId: id, text: 'Entregamos, sim.', silent: true });
    await sweep();
    await shop.messagesBecome(inquiry.id, ['in: Entrega em Manaus?', 'out: Entregamos, sim.']);
    const log = await shop.stack.as('admin').get(`/v1/shops/${shop.shopId}/sync-log?event=read&limit=200`);
    const entries = log.body.items as { origin: string; kind: string; gap: boolean; found: number }[];
    expect(entries.find(({ gap }) => gap)).toMatchObject({ origin: 'sweep', kind: 'question', found: 1 });
    expect(entries.some(({ origin, gap }) => origin === 'notice' && !gap)).toBe(true);
    expect(JSON.stringify(log.body)).not.toMatch(/Manaus|Entregamos|5450/);
    const page = await shop.stack.as('admin').get(`/v1/shops/${shop.shopId}/sync-log?limit=1`);
    expect(page.body.items).toHaveLength(1);
    const next = await shop.stack
      .as('admin')
      .get(`/v1/shops/${shop.shopId}/sync-log?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items[0].id).not.toBe(page.body.items[0].id);
  }, 120_000);

  it('lets a message be written again when the platform takes it away later', async () => {
    const { id } = await ask('Tem WhatsApp?', { buyerId: 5_500 });
    const inquiry = await shop.inquiryWith('Tem WhatsApp?');
    await answerPatiently(shop.stack, inquiry.id, 'Atendemos só por aqui.');
    await shop.settles(inquiry.id, ['available']);
    await shop.sim.act('moderate', { questionId: id });
    await shop.settles(inquiry.id, ['rejected']);
  }, 120_000);

  it('refreshes its access once, whoever needs it', async () => {
    const { refreshed } = await shop.state<PlatformState>();
    await shop.sim.act('expire');
    await shop.stack.superuser.query(`update channel_account set expires_at = now()`);
    const texts = Array.from({ length: 8 }, (_, index) => `Pergunta ${index} com chave velha?`);
    for (const [index, text] of texts.entries()) await ask(text, { buyerId: 5_600 + index });
    for (const text of texts) await shop.inquiryWith(text);
    expect((await shop.state<PlatformState>()).refreshed).toBe(refreshed + 1);
  }, 120_000);

  it('notices a token that ended before its time', async () => {
    await shop.sim.act('expire');
    await ask('A chave ainda vale?', { buyerId: 5_700 });
    await shop.inquiryWith('A chave ainda vale?');
  }, 120_000);

  it('puts what it cannot understand into quarantine, and reads it again after a fix', async () => {
    await shop.sim.act('faults', { call: 'read', fault: 'garbage' });
    await ask('Me entende?', { buyerId: 5_800 });
    const admin = shop.stack.as('admin');
    const { body } = await eventually(
      () => admin.get('/v1/quarantine?replayed=false'),
      (answer) => answer.body.items.length === 1,
      PATIENT_MS,
    );
    expect(await shop.health()).toMatchObject({ state: 'attention', trouble: { code: 'answer_unreadable' } });
    expect((await admin.post(`/v1/quarantine/${body.items[0].id}/replay`)).status).toBe(202);
    await shop.inquiryWith('Me entende?');
    expect(await shop.health()).toMatchObject({ quarantined: 0 });
  }, 120_000);

  it('loses nothing when the platform fails in every way, and sends nothing twice', async () => {
    const faults = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'busy'] as const;
    const schedule = fc.record({
      sends: fc.array(fc.constantFrom(...faults), { maxLength: 2 }),
      reads: fc.array(fc.constantFrom('cut_before', 'error_before', 'busy', 'absent'), { maxLength: 2 }),
    });
    await shop.sim.act('settings', { duplicates: 1, loss: 0.2, shuffle: true });
    const asked = await Promise.all(
      fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED }).map(async ({ sends, reads }, index) => {
        const text = `Pergunta sob faltas ${index}?`;
        const { id } = await ask(text, { buyerId: 6_000 + index, silent: true });
        // Whoever is told that it is too much makes everybody wait: for a second, which is said.
        const planned = { about: String(id), retryAfter: 1 };
        for (const fault of reads) await shop.sim.act('faults', { ...planned, call: 'read', fault });
        for (const fault of sends) await shop.sim.act('faults', { ...planned, call: 'send', fault });
        await shop.sim.act('notices', { topic: 'questions', resource: `/questions/${id}` });
        return { id, text, answer: `Resposta ${index} sob faltas.` };
      }),
    );
    // What was lost on the way is found by the sweep.
    await shop.sweep();
    for (const { text, answer } of asked) await answerPatiently(shop.stack, (await shop.inquiryWith(text)).id, answer);
    await eventually(
      async () => {
        const { rows } = await shop.stack.superuser.query<{ open: string }>(
          `select count(*) as open from delivery where state in ('held', 'queued', 'sending', 'verifying', 'accepted')`,
        );
        return Number(rows[0]?.open);
      },
      (open) => open === 0,
      180_000,
      500,
    );
    const { taken, questions } = await shop.state<PlatformState>();
    const ours = await shop.inquiries();
    const wrong = asked.filter(({ id, text, answer }) => {
      const twice = taken.filter(({ about }) => about === String(id)).length > 1;
      const holding = ours.filter(({ messages }) => messages.includes(`in: ${text}`));
      const told = questions.find((question) => question.id === id)?.answer?.text === answer;
      const shown = JSON.stringify(holding[0]?.messages) === JSON.stringify([`in: ${text}`, `out: ${answer}`]);
      return twice || holding.length !== 1 || !told || !shown;
    });
    expect(wrong).toEqual([]);
    await shop.sim.act('settings', { duplicates: 0, loss: 0, shuffle: false });
  }, 400_000);

  it('says so when the renewal of its access got lost, keeps everything, and catches up after a new consent', async () => {
    // Late notices of what came before are not what waits here.
    await eventually(
      () => shop.health(),
      ({ waiting }) => waiting.count === 0,
      PATIENT_MS,
    );
    await shop.sim.act('faults', { call: 'token', fault: 'cut_after' });
    await shop.sim.act('expire');
    await shop.stack.superuser.query(`update channel_account set expires_at = now()`);
    await ask('Alguém aí?', { buyerId: 7_000 });
    await eventually(
      () => shop.health(),
      (health) => health.state === 'down',
      PATIENT_MS,
      200,
    );
    expect(await shop.health()).toMatchObject({
      ...{ trouble: { code: 'authorisation_lost' }, authorisation: { state: 'lost' }, waiting: { count: 1 } },
    });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter((item: { kind: string }) => item.kind === 'authorisation_lost')).toHaveLength(1);
    expect((await shop.connect()).status).toBe(200);
    await shop.inquiryWith('Alguém aí?');
    await eventually(
      () => shop.health(),
      (health) => health.waiting.count === 0,
      PATIENT_MS,
    );
    expect(await shop.health()).toMatchObject({ authorisation: { state: 'authorised' } });
  }, 120_000);
});
