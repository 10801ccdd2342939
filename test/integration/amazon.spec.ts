import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { MAIL_ADDRESS } from '../support/mail-shop.js';
import { answerPatiently } from '../support/people.js';
import { png } from '../support/pictures.js';
import { RelayShop } from '../support/relay-shop.js';

const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_123);
const SCHEDULES = Number(process.env['ATENDE_PLATFORM_SCHEDULES'] ?? 6);

const ORDER = '701-1234567-7654321';
const OTHER_ORDER = '701-1234567-0000002';
const THIRD_ORDER = '701-1234567-0000003';
const FOURTH_ORDER = '701-1234567-0000004';

describe('a shop on Amazon', () => {
  let folder: string;
  let shop: RelayShop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atende-relay-files-'));
    shop = await RelayShop.start('unwatched', { ATENDE_FILES: folder, ATENDE_AMAZON_FILES_MAX_BYTES: '2000' });
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
    await rm(folder, { recursive: true });
  }, 30_000);

  /** Waits until a text of a buyer has been answered by another, and how that ended. */
  const answered = async (question: string, answer: string, states = ['available']): Promise<string> => {
    const { id } = await shop.inquiryWith(question);
    await answerPatiently(shop.stack, id, answer);
    await shop.settles(id, states);
    return id;
  };

  it('is red until somebody has given the mailbox, and who in it may be believed', async () => {
    expect(await shop.health()).toMatchObject({ state: 'down', trouble: { code: 'credentials_missing' } });
    expect(await shop.give({ authservId: '' })).toMatchObject({ status: 400 });
    expect(await shop.give({ password: 'wrong' })).toMatchObject({ body: { code: 'credentials_refused' } });
    expect((await shop.give()).status).toBe(204);
    await shop.becomesWell();
  }, 120_000);

  it('takes a buyer’s mail with its order, counts 24 hours, and its answer reaches the buyer', async () => {
    const alias = await shop.meet({ name: 'Marina Teles', wantsMail: false });
    const id = await shop.written({ alias, orderId: ORDER, text: 'Chega quando?' });
    const inquiryId = await answered('Chega quando?', 'Chega amanhã.');
    const delivered = await shop.sim.act<{ raw: string }[]>('delivered', { alias });
    expect(delivered).toHaveLength(1);
    expect(delivered[0]?.raw).toContain(`In-Reply-To: ${id}`);
    const { rows } = await shop.stack.superuser.query<{ hours: number }>(
      `select ((platform->>'respondBy')::bigint - (extract(epoch from sent_at) * 1000)::bigint) / 3600000 as hours
         from message where inquiry_id = $1 and direction = 'in'`,
      [inquiryId],
    );
    expect(rows.map(({ hours }) => Number(hours))).toEqual([24]);
    // What the provider kept of it is looked at, and known.
    await shop.written({ alias, orderId: ORDER, text: 'Obrigada!' });
    await shop.inquiryWith('Obrigada!');
    await shop.messagesBecome(inquiryId, ['in: Chega quando?', 'out: Chega amanhã.']);
  }, 120_000);

  it('passes files on with an answer, as many and as large as somebody has set', async () => {
    const alias = await shop.meet();
    await shop.written({ alias, orderId: ORDER, text: 'Manda a etiqueta?' });
    const { id } = await shop.inquiryWith('Manda a etiqueta?');
    const upload = (bytes: Uint8Array, name: string) =>
      shop.stack.as('supervisor').post(`/v1/inquiries/${id}/attachments`, bytes, {
        headers: { 'content-type': 'text/plain', 'file-name': name },
      });
    const large = await upload(Buffer.from('x'.repeat(2_001)), 'grande.txt');
    expect(large).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
    const [label, note] = [await upload(png(), 'etiqueta.png'), await upload(Buffer.from('Nota 1'), 'nota.txt')];
    await answerPatiently(shop.stack, id, 'Segue a etiqueta.', [{ id: label.body.id }, { id: note.body.id }]);
    await shop.settles(id, ['available']);
    const [got] = await shop.sim.act<{ raw: string }[]>('delivered', { alias });
    const { attachments } = await simpleParser(got?.raw ?? '');
    expect(attachments.map(({ filename, content }) => [filename, content])).toEqual([
      ['etiqueta.png', png()],
      ['nota.txt', Buffer.from('Nota 1')],
    ]);
  }, 120_000);

  it('has no message that no person wrote, and none with links or ways around the platform', async () => {
    const alias = await shop.meet();
    await shop.written({ alias, text: 'Tem como falar direto?' });
    const { id } = await shop.inquiryWith('Tem como falar direto?');
    const reply = (text: string) => shop.stack.as('agent').post(`/v1/inquiries/${id}/replies`, { text });
    for (const text of ['Ligue para (11) 91234-5678.', 'Veja em https://loja.example/contato', 'Claro 😀'])
      expect(await reply(text)).toMatchObject({ status: 422, body: { code: 'policy_violation' } });
    expect(await shop.sim.act('delivered', { alias })).toEqual([]);
  }, 120_000);

  it('shows what the relay did not pass on', async () => {
    const alias = await shop.meet();
    await shop.written({ alias, orderId: ORDER, text: 'Onde está o meu pedido?' });
    await shop.sim.act('settings', { approved: [] });
    const id = await answered('Onde está o meu pedido?', 'A caminho.');
    await shop.sweep();
    await shop.settles(id, ['bounced']);
    await shop.sim.act('settings', { approved: [MAIL_ADDRESS] });
  }, 120_000);

  it('keeps what nobody vouches for until somebody does, and what only names the relay from people', async () => {
    const alias = await shop.meet();
    await shop.give({ authservId: 'mx.other.example' });
    await shop.written({ alias, text: 'Sou eu mesmo.' });
    await eventually(
      () => shop.health(),
      ({ trouble }) => trouble?.code === 'sender_unproven',
      PATIENT_MS,
    );
    expect((await shop.give()).status).toBe(204);
    await shop.inquiryWith('Sou eu mesmo.');
    await shop.written({ alias, text: 'Clique aqui agora.', proof: 'fail' });
    await eventually(
      () => shop.health(),
      ({ quarantined }) => quarantined === 1,
      PATIENT_MS,
    );
    expect((await shop.inquiries()).some(({ messages }) => messages.includes('in: Clique aqui agora.'))).toBe(false);
    await shop.stack.superuser.query('update quarantine set replayed_at = now()');
  }, 120_000);

  /** What an agent is answered who answers with a kind of message of the platform. */
  const typed = async (id: string, key: string, text: string) => {
    const reply = (agent: 'agent' | 'agent2') =>
      shop.stack.as(agent).post(`/v1/inquiries/${id}/replies`, { template: { key, variables: { text } } });
    const first = await reply('agent');
    return [403, 409].includes(first.status) ? reply('agent2') : first;
  };

  it('does more once the seller has consented to the API: kinds of messages, and orders', async () => {
    expect(await shop.health()).toMatchObject({ beside: { state: 'missing' }, authorisation: { state: 'authorised' } });
    const allowed = ['confirmOrderDetails', 'unexpectedProblem', 'digitalAccessKey', 'invoice'];
    const alias = await shop.meet({ orders: [OTHER_ORDER], allowed });
    await shop.written({ alias, orderId: OTHER_ORDER, text: 'Pode confirmar a cor?' });
    const { id } = await shop.inquiryWith('Pode confirmar a cor?');
    const offered = async () => (await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/channel-templates`)).body;
    expect(await offered()).toEqual({ items: [] });
    expect((await typed(id, 'confirmOrderDetails', 'Azul?')).body).toMatchObject({ code: 'reference_unknown' });

    expect(await shop.consent()).toBe(200);
    expect(await shop.health()).toMatchObject({ state: 'ok', beside: { state: 'authorised' } });
    expect((await offered()).items).toMatchObject([
      ...[{ name: 'confirmOrderDetails' }, { name: 'digitalAccessKey', maxLength: 400 }, { name: 'unexpectedProblem' }],
    ]);
    expect((await typed(id, 'confirmServiceDetails', 'x')).body).toMatchObject({ code: 'template_unusable' });
    expect((await typed(id, 'invoice', 'x')).body).toMatchObject({ code: 'template_unusable' });
    expect((await typed(id, 'digitalAccessKey', 'x'.repeat(401))).body).toMatchObject({ code: 'meaning_invalid' });
    const conversation = await shop.stack.as('supervisor').get(`/v1/inquiries/${id}`);
    const context = await shop.stack
      .as('supervisor')
      .get(`/v1/conversations/${conversation.body.conversationId}/context`);
    expect(context.body.orders).toMatchObject([{ id: OTHER_ORDER, items: [{ title: 'Caneca azul' }] }]);

    await eventually(
      async () => (await typed(id, 'confirmOrderDetails', 'A cor é azul, certo?')).status,
      (status) => status === 202,
      PATIENT_MS,
    );
    await shop.settles(id, ['available']);
    const kind = { kind: 'confirmOrderDetails', text: 'A cor é azul, certo?' };
    expect(await shop.sim.act('typed', { order: OTHER_ORDER })).toMatchObject([kind]);
    expect(await shop.sim.act('delivered', { alias })).toEqual([]);
  }, 120_000);

  it('asks a person when nobody knows what became of such a message, and never sends it again', async () => {
    const alias = await shop.meet({ orders: [THIRD_ORDER] });
    await shop.written({ alias, orderId: THIRD_ORDER, text: 'E o prazo?' });
    const { id } = await shop.inquiryWith('E o prazo?');
    await shop.sim.act('faults', { call: 'typed', about: THIRD_ORDER, fault: 'cut_after' });
    await eventually(
      async () => (await typed(id, 'unexpectedProblem', 'O prazo mudou.')).status,
      (status) => status === 202,
      PATIENT_MS,
    );
    await shop.settles(id, ['uncertain']);
    expect(await shop.sim.act('typed', { order: THIRD_ORDER })).toHaveLength(1);
  }, 120_000);

  it('goes on by mail when the consent is over, and says so', async () => {
    await shop.sim.act('end', { consent: true });
    const alias = await shop.meet({ orders: [FOURTH_ORDER] });
    await shop.written({ alias, orderId: FOURTH_ORDER, text: 'Ainda por e-mail?' });
    const { id } = await shop.inquiryWith('Ainda por e-mail?');
    await eventually(
      async () => {
        await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/channel-templates`);
        return shop.health();
      },
      ({ beside }) => beside.state === 'lost',
      PATIENT_MS,
    );
    await answered('Ainda por e-mail?', 'Sim, por e-mail.');
    expect(await shop.sim.act('delivered', { alias })).toHaveLength(1);
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter(({ kind }: { kind: string }) => kind === 'authorisation_lost')).toHaveLength(1);
    expect(await shop.health()).toMatchObject({
      ...{ state: 'attention', authorisation: { state: 'authorised' }, trouble: { code: 'beside_lost' } },
    });
    expect(await shop.consent()).toBe(200);
    const again = await shop.health();
    expect(again).toMatchObject({ state: 'ok', beside: { state: 'authorised' }, trouble: null });
    expect(Date.parse(again.beside.consentEndsAt) - Date.now()).toBeGreaterThan(364 * 86_400_000);
    await shop.stack.superuser.query(
      `update channel_account set consent_ends_at = now() + interval '29 days' where part = 'beside'`,
    );
    expect(await shop.health()).toMatchObject({ state: 'attention', trouble: { code: 'authorisation_ending' } });
  }, 120_000);

  it('loses nothing when the provider fails in every way, and sends nothing twice', async () => {
    const sends = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'busy'] as const;
    const reads = ['busy', 'error_before', 'cut_before', 'cut_after'] as const;
    const schedule = fc.record({
      sends: fc.array(fc.constantFrom(...sends), { maxLength: 2 }),
      reads: fc.array(fc.constantFrom(...reads), { maxLength: 2 }),
    });
    const plans = fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED });
    for (const { reads: faults } of plans)
      for (const fault of faults) await shop.sim.act('faults', { call: 'read', fault });
    const asked = await Promise.all(
      plans.map(async (plan, index) => ({ ...plan, index, alias: await shop.meet({ name: `Pessoa ${index}` }) })),
    );
    for (const { alias, index } of asked) await shop.written({ alias, text: `Pergunta ${index} sob faltas?` });
    const ids: string[] = [];
    for (const { alias, index, sends: faults } of asked) {
      const { id } = await shop.inquiryWith(`Pergunta ${index} sob faltas?`);
      for (const fault of faults) await shop.sim.act('faults', { call: 'send', about: alias, fault });
      await answerPatiently(shop.stack, id, `Resposta ${index}.`);
      ids.push(id);
    }
    for (const id of ids) await shop.settles(id, ['available']);
    for (const { alias } of asked) expect(await shop.sim.act('delivered', { alias })).toHaveLength(1);
  }, 300_000);
});
