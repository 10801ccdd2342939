import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import type { Api } from '../support/api.js';
import { answerPatiently, offeredTo } from '../support/people.js';
import { PlatformShop } from '../support/platform-shop.js';

type PlatformState = {
  readonly questions: readonly { readonly id: number; readonly answer: { readonly text: string } | null }[];
  readonly messages: readonly { readonly text: string; readonly pack_id?: unknown }[];
  readonly taken: readonly { readonly about: string; readonly text: string }[];
};

describe('what comes late on Mercado Livre', () => {
  let shop: PlatformShop;

  beforeAll(async () => {
    shop = await PlatformShop.start('mercadolivre');
    await shop.connect();
    // What is told from here on is found by its notice.
    await eventually(
      () => shop.stack.superuser.query('select 1 from channel_account where swept_at is not null'),
      ({ rowCount }) => rowCount === 1,
      PATIENT_MS,
    );
  }, 90_000);

  afterAll(() => shop.stop(), 30_000);

  const ask = (text: string, buyerId: number): Promise<{ readonly id: number }> =>
    shop.sim.act('questions', { buyerId, text, silent: true });
  const tell = (id: number): Promise<unknown> =>
    shop.sim.act('notices', { topic: 'questions', resource: `/questions/${id}` });
  const asked = async (text: string, buyerId: number): Promise<{ readonly id: string; readonly question: number }> => {
    const { id: question } = await ask(text, buyerId);
    await tell(question);
    return { id: (await shop.inquiryWith(text)).id, question };
  };
  const answerOf = async (question: number): Promise<string | undefined> =>
    (await shop.state<PlatformState>()).questions.find(({ id }) => id === question)?.answer?.text;
  const agentOf = (inquiryId: string): Promise<Api> => offeredTo(shop.stack, inquiryId, PATIENT_MS);
  const closed = (inquiryId: string): Promise<unknown> =>
    eventually(
      () =>
        shop.stack.superuser.query<{ closed: boolean }>(
          'select closed_at is not null as closed from inquiry where id = $1',
          [inquiryId],
        ),
      ({ rows }) => rows[0]?.closed === true,
      PATIENT_MS,
    );
  const reopen = async (inquiryId: string): Promise<string> => {
    const answer = await shop.stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/reopen`, {});
    expect(answer.status).toBe(201);
    return (answer.body as { inquiryId: string }).inquiryId;
  };

  it('reads with a sweep what the platform did not give when its notice came', async () => {
    const text = 'Aceita Pix?';
    const { id } = await ask(text, 5_001);
    for (let times = 0; times < 4; times += 1)
      await shop.sim.act('faults', { call: 'read', about: String(id), fault: 'forbidden' });
    await tell(id);
    await eventually(
      () =>
        shop.stack.superuser.query(`select 1 from channel_hint where outcome = 'forbidden' and read_at is not null`),
      ({ rowCount }) => rowCount === 1,
      PATIENT_MS,
    );
    await shop.sweep();
    await shop.inquiryWith(text);
    expect((await shop.inquiries()).filter(({ messages }) => messages.includes(`in: ${text}`))).toHaveLength(1);
  }, 120_000);

  it('knows an answer of its own of which it had lost sight', async () => {
    const { id, question } = await asked('Tem garantia?', 5_010);
    const about = String(question);
    // The answer is looked for before and after it is handed over; nobody hears that the platform has it.
    await shop.sim.act('faults', { call: 'read', about, fault: 'none' });
    for (let times = 0; times < 4; times += 1)
      await shop.sim.act('faults', { call: 'read', about, fault: 'error_before' });
    await shop.sim.act('faults', { call: 'send', about, fault: 'error_after' });
    await shop.sim.act('settings', { loss: 1 });
    await answerPatiently(shop.stack, id, 'Um ano.');
    await eventually(
      () =>
        shop.stack.superuser.query(`update delivery set reads = 7 where inquiry_id = $1 and state = 'verifying'`, [id]),
      ({ rowCount }) => rowCount === 1,
      PATIENT_MS,
      50,
    );
    await shop.settles(id, ['uncertain']);
    await shop.sim.act('settings', { loss: 0 });
    for (let times = 0; times < 4; times += 1) await tell(question);
    await shop.settles(id, ['available']);
    await shop.messagesBecome(id, ['in: Tem garantia?', 'out: Um ano.']);
    const { rows } = await shop.stack.superuser.query(
      `select kind, outcome from task where inquiry_id = $1 and kind = $2`,
      [...[id, 'confirm_delivery']],
    );
    expect(rows).toEqual([{ kind: 'confirm_delivery', outcome: 'delivered' }]);
    expect((await shop.state<PlatformState>()).taken.filter((one) => one.about === about)).toHaveLength(1);
  }, 120_000);

  it('answers a question whose inquiry was reopened, and not the one the buyer asked next', async () => {
    const first = await asked('Vem com cabo?', 5_020);
    const agent = await agentOf(first.id);
    expect((await agent.post(`/v1/inquiries/${first.id}/close`, { reason: 'not_needed' })).status).toBeLessThan(300);
    await closed(first.id);
    const second = await asked('Serve no meu carro?', 5_020);
    const again = await reopen(first.id);
    await answerPatiently(shop.stack, again, 'Vem com cabo.');
    await shop.settles(again, ['available']);
    expect([await answerOf(first.question), await answerOf(second.question)]).toEqual(['Vem com cabo.', undefined]);
  }, 120_000);

  it('writes after a sale where the reopened inquiry was, over whatever was reopened in between', async () => {
    const packs = [];
    for (const text of ['Chegou quebrado.', 'Faltou um parafuso.']) {
      const { id } = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_030 });
      await shop.sim.act('messages', { packId: id, text });
      const inquiry = await shop.inquiryWith(text);
      const agent = await agentOf(inquiry.id);
      await agent.post(`/v1/inquiries/${inquiry.id}/close`, { reason: 'resolved' });
      await closed(inquiry.id);
      packs.push({ id: String(id), inquiryId: inquiry.id });
    }
    const once = await reopen(packs[0]?.inquiryId ?? '');
    await (await agentOf(once)).post(`/v1/inquiries/${once}/close`, { reason: 'resolved' });
    await closed(once);
    const twice = await reopen(once);
    await answerPatiently(shop.stack, twice, 'Mandamos outro.');
    await shop.settles(twice, ['available']);
    const { taken } = await shop.state<PlatformState>();
    expect(taken.filter(({ text }) => text === 'Mandamos outro.').map(({ about }) => about)).toEqual([packs[0]?.id]);
  }, 120_000);

  it('does not put an answer that was taken away under the question asked next', async () => {
    const first = await asked('É bivolt?', 5_040);
    await answerPatiently(shop.stack, first.id, 'Sim, é bivolt.');
    await shop.settles(first.id, ['available']);
    await closed(first.id);
    const second = await asked('E qual a cor?', 5_040);
    await shop.sim.act('moderate', { questionId: first.question });
    const { rows } = await eventually(
      () =>
        shop.stack.superuser.query<{ id: string }>(
          `select i.id from inquiry i join task t on t.inquiry_id = i.id and t.kind = 'rewrite' and t.ended_at is null
            where i.linked_inquiry_id = $1`,
          [first.id],
        ),
      (result) => result.rows.length === 1,
      PATIENT_MS,
    );
    const answers = await Promise.all(
      (['agent', 'agent2'] as const).map((key) =>
        shop.stack.as(key).post(`/v1/inquiries/${rows[0]?.id ?? ''}/replies`, { text: 'Sim, bivolt.' }),
      ),
    );
    expect(answers.map(({ body }) => (body as { code: string }).code)).toContain('thread_answered');
    expect(answers.map(({ status }) => status)).not.toContain(202);
    expect(await answerOf(second.question)).toBeUndefined();
  }, 120_000);

  it('learns by a sweep that an answer was taken away, though no notice got through', async () => {
    const { id, question } = await asked('Faz entrega rápida?', 5_050);
    await answerPatiently(shop.stack, id, 'Em dois dias.');
    await shop.settles(id, ['available']);
    await shop.sim.act('settings', { loss: 1 });
    await shop.sim.act('moderate', { questionId: question });
    await eventually(
      () => shop.state<{ readonly missed: number }>(),
      ({ missed }) => missed > 0,
      PATIENT_MS,
    );
    await shop.sim.act('settings', { loss: 0 });
    await shop.sweep();
    await shop.settles(id, ['rejected']);
  }, 120_000);

  it('reads once more what it is told of while it reads', async () => {
    const { id: question } = await ask('Abre aos sábados?', 5_060);
    await shop.sim.act('faults', { call: 'read', about: String(question), fault: 'late' });
    await tell(question);
    await sleep(500);
    await shop.sim.act('answers', { questionId: question, text: 'Até meio-dia.' });
    const { id } = await shop.inquiryWith('Abre aos sábados?');
    await shop.messagesBecome(id, ['in: Abre aos sábados?', 'out: Até meio-dia.']);
  }, 120_000);

  it('leaves a question open when the seller writes to its buyer about a sale', async () => {
    const { id, question } = await asked('Tem em estoque?', 5_070);
    const { id: packId } = await shop.sim.act<{ id: number }>('packs', { buyerId: 5_070 });
    await shop.sim.act('messages', { packId, text: 'Seu pedido saiu hoje.', from: 'seller' });
    await eventually(
      () => shop.inquiries(),
      (all) => all.some(({ messages }) => messages.includes('out: Seu pedido saiu hoje.')),
      PATIENT_MS,
    );
    await shop.messagesBecome(id, ['in: Tem em estoque?']);
    await answerPatiently(shop.stack, id, 'Temos vinte.');
    await shop.settles(id, ['available']);
    expect(await answerOf(question)).toBe('Temos vinte.');
  }, 120_000);

  it('goes on with what a claim was about when its buyer writes in it again', async () => {
    const { id: claimId } = await shop.sim.act<{ id: number }>('claims', { buyerId: 5_080 });
    const write = (text: string): Promise<unknown> =>
      shop.sim.act('claimed', { claimId, sender: 'complainant', receiver: 'respondent', text });
    await write('Veio trocado.');
    const first = await shop.inquiryWith('Veio trocado.');
    await (await agentOf(first.id)).post(`/v1/inquiries/${first.id}/close`, { reason: 'resolved' });
    await closed(first.id);
    await write('Alguém aí?');
    const next = await shop.inquiryWith('Alguém aí?');
    const { rows } = await shop.stack.superuser.query(
      'select linked_inquiry_id as id, linked_cause as cause from inquiry where id = $1',
      [next.id],
    );
    expect(rows).toEqual([{ id: first.id, cause: 'reopened' }]);
  }, 120_000);
});
