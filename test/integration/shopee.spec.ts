import fc from 'fast-check';
import { PATIENT_MS } from '../support/channel-shop.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { exif, jpeg, png, segment, uprightOnly } from '../support/pictures.js';
import { PlatformShop } from '../support/platform-shop.js';

const SEED = Number(process.env['ATENDE_FAULTS_SEED'] ?? 20_261_122);
const SCHEDULES = Number(process.env['ATENDE_PLATFORM_SCHEDULES'] ?? 8);

/** Fewer characters than the channel is taken to allow, by this installation's settings. */
const MAX_LENGTH = 700;

type Written = { readonly id: string; readonly conversationId: string };
type OfInquiry = { readonly inquiry: { readonly id: string } };
type PlatformState = {
  readonly messages: readonly { readonly conversation: string; readonly content: { readonly text?: string } }[];
  readonly taken: readonly { readonly about: string; readonly text: string }[];
  readonly refreshed: number;
  readonly lost: number;
};

describe('a shop on Shopee', () => {
  let shop: PlatformShop;
  let noticeUrl = '';

  beforeAll(async () => {
    shop = await PlatformShop.start('shopee', { ATENDE_SHOPEE_MAX_LENGTH: String(MAX_LENGTH) });
  }, 60_000);

  afterAll(() => shop.stop(), 30_000);

  const write = (text: string, given: Readonly<Record<string, unknown>> = {}): Promise<Written> =>
    shop.sim.act('messages', { text, ...given });

  /** Why the message to the buyer of an inquiry has not left yet. */
  const unsent = async (inquiryId: string): Promise<string | null | undefined> => {
    const { rows } = await shop.stack.superuser.query<{ reason: string | null }>(
      'select reason from delivery where inquiry_id = $1',
      [inquiryId],
    );
    return rows[0]?.reason;
  };

  it('is red until its owner has agreed on the platform, once', async () => {
    expect(await shop.health()).toMatchObject({ state: 'down', trouble: { code: 'authorisation_missing' } });
    const connected = await shop.connect();
    ({ noticeUrl } = connected);
    expect(connected.status).toBe(200);
    expect((await fetch(connected.back)).status).toBe(422);
    expect(await shop.health()).toMatchObject({
      ...{ state: 'ok', authorisation: { state: 'authorised', consentEndsAt: null }, trouble: null },
    });
  });

  it('answers the trial of the console without a body, and nobody who cannot sign', async () => {
    expect(await shop.sim.act('verify', { url: noticeUrl })).toEqual({ status: 200, body: '' });
    const forged = await fetch(noticeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'a'.repeat(64) },
      body: '{"code":10,"shop_id":14701711,"data":{"content":{"conversation_id":"1"}}}',
    });
    expect(forged.status).toBe(401);
  });

  it('takes a message and answers it, once, and knows its own answer when it is pushed back', async () => {
    const { conversationId } = await write('Tem na cor azul?', { buyerId: '9007199254740993', name: 'Marina' });
    const inquiry = await shop.inquiryWith('Tem na cor azul?');
    await answerPatiently(shop.stack, inquiry.id, 'Temos sim!');
    await shop.settles(inquiry.id, ['available']);
    await write('E na verde?', { buyerId: '9007199254740993' });
    await shop.inquiryWith('E na verde?');
    await shop.messagesBecome(inquiry.id, ['in: Tem na cor azul?', 'out: Temos sim!']);
    const { taken } = await shop.state<PlatformState>();
    expect(taken.filter(({ about }) => about === conversationId)).toHaveLength(1);
    const { rows } = await shop.stack.superuser.query<{ buyerId: string }>(
      'select buyer_id as "buyerId" from inquiry where id = $1',
      [inquiry.id],
    );
    const { body } = await shop.stack.as('supervisor').get(`/v1/buyers/${rows[0]?.buyerId}`);
    expect(body).toMatchObject({ name: 'Marina' });
  }, 120_000);

  it('counts the twelve hours of the platform from when the buyer wrote', async () => {
    const { rows } = await shop.stack.superuser.query<{ ms: string }>(
      `select ((platform->>'respondBy')::bigint - (extract(epoch from sent_at) * 1000)::bigint) as ms
         from message where direction = 'in' and platform is not null limit 1`,
    );
    expect(Number(rows[0]?.ms)).toBe(12 * 3_600_000);
  });

  it('shows how the platform rates its answers, in units that people read', async () => {
    expect(await shop.rating()).toEqual([
      { name: 'response_rate', part: null, value: 93.5, unit: 'percent', target: { value: 85, comparator: '>=' } },
      { name: 'response_time', part: null, value: 75, unit: 'minutes', target: { value: 720, comparator: '<=' } },
      { name: 'unanswered', part: null, value: 2, unit: 'count', target: { value: 5, comparator: '<' } },
    ]);
  }, 120_000);

  it('says when the platform has suspended its pushes, looks more often meanwhile, and says so no more afterwards', async () => {
    const notices = async (): Promise<unknown> => {
      await shop.sweep();
      return (await shop.health()).notices.push?.state;
    };
    const dueInMs = async (): Promise<number> => {
      const { rows } = await shop.stack.superuser.query<{ ms: string }>(
        `select extract(epoch from due_at - now()) * 1000 as ms from work_queue where kind = 'reconcile'`,
      );
      return Number(rows[0]?.ms);
    };
    await eventually(notices, (state) => state === 'on', PATIENT_MS, 500);
    await shop.sim.act('settings', { pushStatus: 'Suspended' });
    // A sweep that finds what nobody told of asks at once.
    await write('Ninguém te avisou disto?', { buyerId: '5100' });
    await eventually(notices, (state) => state === 'off', PATIENT_MS, 500);
    expect(await shop.health()).toMatchObject({
      ...{ state: 'attention', notices: { state: 'off' } },
      trouble: { code: 'pushes_suspended', remedy: { 'pt-BR': expect.stringContaining('console') } },
    });
    await shop.inquiryWith('Ninguém te avisou disto?');
    // An hour otherwise, in these tests.
    await eventually(dueInMs, (ms) => ms > 30_000 && ms <= 60_000, PATIENT_MS, 200);
    await shop.sim.act('settings', { pushStatus: 'Normal' });
    await eventually(notices, (state) => state === 'on', PATIENT_MS, 500);
    expect((await shop.health()).trouble).toBeNull();
    await eventually(dueInMs, (ms) => ms > 3_000_000, PATIENT_MS, 200);
  }, 120_000);

  it('keeps a picture without what its camera wrote into it, and nothing that only claims to be one', async () => {
    const keep = async (bytes: Buffer): Promise<string> => {
      const { path } = await shop.sim.act<{ path: string }>('pictures', {
        ...{ base64: bytes.toString('base64'), mime: 'image/jpeg' },
      });
      return new URL(path, shop.sim.url).href;
    };
    const [picture, page] = [jpeg(segment(0xe1, exif(6, 'GPS 23.5505S'))), Buffer.from('<script>alert(1)</script>')];
    const buyerId = '5200';
    await write('Veio quebrado:', { buyerId });
    const { id } = await shop.inquiryWith('Veio quebrado:');
    for (const bytes of [picture, page])
      await shop.sim.act('messages', { buyerId, type: 'image', content: { url: await keep(bytes) } });
    type Shown = { readonly attachments: readonly { readonly id: string; readonly state: string }[] };
    const supervisor = shop.stack.as('supervisor');
    const files = await eventually(
      async () => {
        const { body } = await supervisor.get(`/v1/inquiries/${id}/messages`);
        return (body as { items: Shown[] }).items.flatMap(({ attachments }) => attachments);
      },
      (list) => list.length === 2 && list.every(({ state }) => state !== 'pending'),
      PATIENT_MS,
      200,
    );
    expect(files.map(({ state }) => state).sort()).toEqual(['refused', 'stored']);
    const stored = files.find(({ state }) => state === 'stored');
    const { body } = await supervisor.get(`/v1/attachments/${stored?.id}`);
    const file = await fetch((body as { url: string }).url);
    expect(file.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(jpeg(uprightOnly(6)));
  }, 120_000);

  it('shows a picture that was sent on the platform itself', async () => {
    const { path } = await shop.sim.act<{ path: string }>('pictures', {
      ...{ base64: png().toString('base64'), mime: 'image/png' },
    });
    const buyerId = '5250';
    await write('Como fica montado?', { buyerId });
    const { id } = await shop.inquiryWith('Como fica montado?');
    const url = new URL(path, shop.sim.url).href;
    await shop.sim.act('messages', { buyerId, from: 'shop', type: 'image', content: { url } });
    type Shown = { readonly text: string; readonly attachments: readonly { readonly state: string }[] };
    const shown = await eventually(
      async () => {
        const { body } = await shop.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
        return (body as { items: Shown[] }).items.slice(1);
      },
      ([picture]) => picture?.attachments[0]?.state === 'stored',
      PATIENT_MS,
      200,
    );
    expect(shown.map(({ text }) => text)).toEqual(['']);
  }, 120_000);

  it('sends a picture as an answer of its own, and asks for the words in another', async () => {
    const { conversationId } = await write('Tem foto do verso?', { buyerId: '5300' });
    const { id } = await shop.inquiryWith('Tem foto do verso?');
    const supervisor = shop.stack.as('supervisor');
    const headers = { 'content-type': 'image/png', 'file-name': 'verso.png' };
    const photo = await supervisor.post(`/v1/inquiries/${id}/attachments`, png(), { headers });
    expect(photo.status).toBe(201);
    const attachments = [{ id: (photo.body as { id: string }).id }];
    const both = await supervisor.post(`/v1/inquiries/${id}/replies`, { text: 'Segue.', attachments });
    expect(both).toMatchObject({
      status: 422,
      body: { code: 'not_offered_by_channel', detail: expect.stringMatching(/own/) },
    });
    expect((await supervisor.post(`/v1/inquiries/${id}/replies`, { text: '' })).status).toBe(422);
    await shop.sim.act('faults', { call: 'upload', fault: 'error_after' });
    await answerPatiently(shop.stack, id, '', attachments);
    await shop.settles(id, ['available']);
    const { taken } = await shop.state<PlatformState>();
    expect(taken.filter(({ about }) => about === conversationId)).toMatchObject([
      { text: '', image: { mime: 'image/png', base64: png().toString('base64') } },
    ]);
    await shop.messagesBecome(id, ['in: Tem foto do verso?', 'out: ']);
  }, 120_000);

  it('sends a product or an order as a card, alone, and shows it in the conversation', async () => {
    const { conversationId } = await write('Qual o modelo maior?', { buyerId: '5310' });
    const { id } = await shop.inquiryWith('Qual o modelo maior?');
    const supervisor = shop.stack.as('supervisor');
    const card = { kind: 'product', id: '2300104459123' };
    for (const [text, attachments] of [
      ['Este.', [{ card }]],
      ['', [{ card }, { card: { kind: 'order', id: '2611240ABCDEF1' } }]],
    ] as const) {
      const refused = await supervisor.post(`/v1/inquiries/${id}/replies`, { text, attachments });
      expect(refused).toMatchObject({ status: 422, body: { code: 'not_offered_by_channel' } });
    }
    const odd = { text: '', attachments: [{ card: { kind: 'voucher', id: '1' } }] };
    expect((await supervisor.post(`/v1/inquiries/${id}/replies`, odd)).status).toBe(400);
    await answerPatiently(shop.stack, id, '', [{ card }]);
    await shop.settles(id, ['available']);
    const { taken } = await shop.state<PlatformState>();
    expect(taken.filter(({ about }) => about === conversationId)).toMatchObject([
      { text: '', card: { item_id: card.id } },
    ]);
    const { body } = await supervisor.get(`/v1/inquiries/${id}/messages`);
    expect(body.items[1]).toMatchObject({ text: '', attachments: [], cards: [{ ...card, title: null }] });
  }, 120_000);

  it('shows beside a conversation what it is about and which coupons there are, and how old that is', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const order = { order_sn: '2611240ABCDEF3', order_status: 'SHIPPED', create_time: now - 86_400, currency: 'BRL' };
    const item = { item_id: 2_300_105, item_name: 'Caneca', model_quantity_purchased: 1, model_discounted_price: 29.9 };
    const coupon = { voucher_id: 9, voucher_code: 'LOJA9', voucher_name: 'Dez por cento', usage_quantity: 50 };
    await shop.sim.act('catalog', {
      orders: [{ ...order, total_amount: 29.9, item_list: [item] }],
      vouchers: [{ ...coupon, start_time: now - 60, end_time: now + 3_600 }],
    });
    await write('Cadê este pedido?', { buyerId: '5320', about: { order_sn: order.order_sn } });
    const { id } = await shop.inquiryWith('Cadê este pedido?');
    const supervisor = shop.stack.as('supervisor');
    const inquiry = (await supervisor.get(`/v1/inquiries/${id}`)).body;
    expect(inquiry.category).toBe('order');
    const { body } = await supervisor.get(`/v1/conversations/${inquiry.conversationId}/context`);
    const aged = { source: 'platform', ageMs: expect.any(Number) as number };
    expect(body).toMatchObject({
      orders: [{ ...aged, id: order.order_sn, status: 'shipped', total: 29.9, items: [{ title: 'Caneca' }] }],
      coupons: [{ ...aged, code: 'LOJA9', quantity: 50, used: null, state: 'running' }],
      platform: { problem: null },
    });
  }, 120_000);

  it('shows authors how long a text may be by the settings, and takes none that is longer', async () => {
    await write('Quanto cabe?', { buyerId: '5250' });
    const { id } = await shop.inquiryWith('Quanto cabe?');
    const supervisor = shop.stack.as('supervisor');
    const task = await eventually(
      async () => (await supervisor.get('/v1/tasks')).body.items.find((one: OfInquiry) => one.inquiry.id === id),
      (found) => found !== undefined,
      PATIENT_MS,
      200,
    );
    expect((await supervisor.get(`/v1/tasks/${task.id}`)).body.limits.maxLength).toBe(MAX_LENGTH);
    const { body } = await supervisor.post(`/v1/inquiries/${id}/replies/check`, { text: 'a'.repeat(MAX_LENGTH + 1) });
    expect(body).toMatchObject({ limits: { maxLength: MAX_LENGTH }, problems: [{ code: 'text_too_long' }] });
    const refused = await supervisor.post(`/v1/inquiries/${id}/replies`, { text: 'a'.repeat(MAX_LENGTH + 1) });
    expect(refused).toMatchObject({ status: 422, body: { code: 'meaning_invalid' } });
  }, 120_000);

  it('finds by sweeps what no push told of, and what was lost on its way, and confirms that', async () => {
    await write('Ninguém te avisou?', { buyerId: '5301', silent: true });
    await shop.sim.act('settings', { loss: 1 });
    await write('Esta se perdeu.', { buyerId: '5302' });
    await eventually(
      () => shop.state<PlatformState>(),
      ({ lost }) => lost === 1,
      PATIENT_MS,
    );
    await shop.sim.act('settings', { loss: 0 });
    await shop.sweep();
    await shop.inquiryWith('Ninguém te avisou?');
    await shop.inquiryWith('Esta se perdeu.');
    await eventually(
      () => shop.state<PlatformState>(),
      ({ lost }) => lost === 0,
      PATIENT_MS,
    );
    expect((await shop.health()).gaps.lastDay).toBeGreaterThanOrEqual(1);
  }, 120_000);

  it('lets nobody wait for another message of theirs that the platform never shows', async () => {
    await write('Esta aparece?', { buyerId: '5350', silent: true });
    await write('Esta nunca.', { buyerId: '5350', hiddenFor: 1_000_000 });
    await shop.inquiryWith('Esta aparece?');
  }, 120_000);

  it('gives the text back when somebody has answered on the platform, and takes automatic answers for nobody’s', async () => {
    await write('Parcela em 12x?', { buyerId: '5400' });
    await write('Olá! Já respondemos.', { buyerId: '5400', from: 'shop', status: 'auto_reply' });
    const inquiry = await shop.inquiryWith('Parcela em 12x?');
    await shop.messagesBecome(inquiry.id, ['in: Parcela em 12x?', 'out: Olá! Já respondemos.']);
    await write('Sim, em 12x.', { buyerId: '5400', from: 'shop', silent: true });
    await answerPatiently(shop.stack, inquiry.id, 'Não parcelamos.');
    await shop.settles(inquiry.id, ['cancelled']);
    const { rows } = await shop.stack.superuser.query<{ author: string }>(
      `select external_author as author from message where inquiry_id = $1 and author = 'external' order by position`,
      [inquiry.id],
    );
    await shop.messagesBecome(inquiry.id, [
      ...['in: Parcela em 12x?', 'out: Não parcelamos.', 'out: Olá! Já respondemos.', 'out: Sim, em 12x.'],
    ]);
    expect(rows[0]?.author).toBe('automated');
    expect((await shop.state<PlatformState>()).taken.filter(({ text }) => text === 'Não parcelamos.')).toEqual([]);
  }, 120_000);

  it('lets a message be written again when the platform takes it away later', async () => {
    const { conversationId } = await write('Tem WhatsApp?', { buyerId: '5500' });
    const inquiry = await shop.inquiryWith('Tem WhatsApp?');
    await answerPatiently(shop.stack, inquiry.id, 'Chama aqui mesmo.');
    await shop.settles(inquiry.id, ['available']);
    const { messages } = await shop.state<{ messages: { id: string; conversation: string; from: string }[] }>();
    const sent = messages.find(({ conversation, from }) => conversation === conversationId && from === 'shop');
    await shop.sim.act('status', { messageId: sent?.id, status: 'censored_blacklist' });
    await shop.settles(inquiry.id, ['rejected']);
  }, 120_000);

  it('refreshes its access once, whoever needs it, also when a token ended before its time', async () => {
    const { refreshed } = await shop.state<PlatformState>();
    await shop.sim.act('expire');
    const texts = Array.from({ length: 6 }, (_, index) => `Pergunta ${index} com chave velha?`);
    for (const [index, text] of texts.entries()) await write(text, { buyerId: String(5_600 + index) });
    for (const text of texts) await shop.inquiryWith(text);
    expect((await shop.state<PlatformState>()).refreshed).toBe(refreshed + 1);
  }, 120_000);

  it('says by when the consent ends, and tells its administrators once', async () => {
    const { shopId: account } = await shop.sim.act<{ shopId: number }>('settings');
    const before = Math.floor(Date.now() / 1_000) + 6 * 86_400;
    const data = { merchant_expire_soon: [], shop_expire_soon: [account], expire_before: before, page_no: 1 };
    await shop.sim.act('push', { code: 12, data, withShop: false });
    await shop.sim.act('push', { code: 12, data, withShop: false });
    const health = await eventually(
      () => shop.health() as Promise<{ state: string; authorisation?: { consentEndsIn: number | null } }>,
      ({ state }) => state === 'attention',
      PATIENT_MS,
      200,
    );
    expect(health).toMatchObject({ trouble: { code: 'authorisation_ending' }, authorisation: { state: 'authorised' } });
    expect(Math.round((health.authorisation?.consentEndsIn ?? 0) / 86_400)).toBe(6);
    expect((await shop.connect()).status).toBe(200);
    expect(await shop.health()).toMatchObject({ state: 'ok', authorisation: { consentEndsAt: null } });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    const told = body.items.filter((item: { kind: string }) => item.kind === 'authorisation_ending');
    expect(told).toHaveLength(1);
  }, 120_000);

  it('loses nothing when the platform fails in every way, and sends nothing twice', async () => {
    const faults = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'busy'] as const;
    const schedule = fc.record({
      sends: fc.array(fc.constantFrom(...faults), { maxLength: 2 }),
      // Whoever is told that it is too much makes everybody wait for seconds: once is enough, on the way out.
      reads: fc.array(fc.constantFrom('cut_before', 'error_before', 'absent'), { maxLength: 2 }),
    });
    await shop.sim.act('settings', { duplicates: 1, loss: 0.2, shuffle: true });
    const asked = await Promise.all(
      fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED }).map(async ({ sends, reads }, index) => {
        const text = `Pergunta sob faltas ${index}?`;
        const { id, conversationId } = await write(text, { buyerId: String(6_000 + index), silent: true });
        for (const fault of reads) await shop.sim.act('faults', { call: 'read', about: conversationId, fault });
        for (const fault of sends) await shop.sim.act('faults', { call: 'send', about: conversationId, fault });
        const content = { conversation_id: conversationId, message_id: id, business_type: 0 };
        await shop.sim.act('push', { code: 10, data: { type: 'message', content } });
        return { conversationId, text, answer: `Resposta ${index} sob faltas.` };
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
    const { taken, messages } = await shop.state<PlatformState>();
    const ours = await shop.inquiries();
    const wrong = asked.filter(({ conversationId, text, answer }) => {
      const times = taken.filter(({ about }) => about === conversationId).length;
      const holding = ours.filter((inquiry) => inquiry.messages.includes(`in: ${text}`));
      const told = messages.some(
        ({ conversation, content }) => conversation === conversationId && content.text === answer,
      );
      const shown = JSON.stringify(holding[0]?.messages) === JSON.stringify([`in: ${text}`, `out: ${answer}`]);
      return times !== 1 || holding.length !== 1 || !told || !shown;
    });
    expect(wrong).toEqual([]);
    await shop.sim.act('settings', { duplicates: 0, loss: 0, shuffle: false });
  }, 400_000);

  it('says so when the seller takes the consent back, keeps everything, and catches up after a new one', async () => {
    await write('Ainda tem?', { buyerId: '6999' });
    const waiting = await shop.inquiryWith('Ainda tem?');
    await shop.sim.act('unlink');
    await eventually(
      () => shop.health(),
      ({ state }) => state === 'down',
      PATIENT_MS,
      200,
    );
    await write('Alguém aí?', { buyerId: '7000' });
    await eventually(
      () => shop.health(),
      ({ waiting }) => waiting.count > 0,
      PATIENT_MS,
      200,
    );
    expect(await shop.health()).toMatchObject({ trouble: { code: 'authorisation_lost' } });
    const { body } = await shop.stack.as('admin').get('/v1/notifications');
    expect(body.items.filter((item: { kind: string }) => item.kind === 'authorisation_lost')).toHaveLength(1);
    await answerPatiently(shop.stack, waiting.id, 'Temos, sim.');
    await eventually(
      () => unsent(waiting.id),
      (reason) => reason === 'authorisation_lost',
      PATIENT_MS,
    );
    expect((await shop.connect()).status).toBe(200);
    // Left alone, what waited would ask for its consent again after a minute.
    await eventually(
      () => shop.state<PlatformState>(),
      ({ taken }) => taken.some(({ text }) => text === 'Temos, sim.'),
      20_000,
    );
    await shop.inquiryWith('Alguém aí?');
    // The same word again, late: it is about the consent before this one.
    const { shopId: account } = await shop.sim.act<{ shopId: number }>('settings');
    const timestamp = Math.floor(Date.now() / 1_000) - 3_600;
    await shop.sim.act('push', { code: 2, data: { shop_id: account, success: 1 }, withShop: false, timestamp });
    await write('E agora?', { buyerId: '7001' });
    await shop.inquiryWith('E agora?');
    expect(await shop.health()).toMatchObject({ authorisation: { state: 'authorised' } });
  }, 120_000);
});
