import { randomUUID } from 'node:crypto';
import type {
  Answer,
  Budget,
  Changes,
  Grant,
  Notice,
  OutgoingMessage,
  ShopeeApp,
} from '../../src/modules/channels/index.js';
import { ShopeeConnector } from '../../src/modules/channels/index.js';
import { pushSignature } from '../../src/modules/channels/shopee/signature.js';
import { Egress } from '../../src/platform/egress/index.js';
import { Sim } from '../channels/sim.js';
import { eventually } from '../support/eventually.js';
import { png } from '../support/pictures.js';
import { keepsToBudget } from './budget.js';
import { deliver } from './delivery.js';
import { conformance } from './kit.js';
import type { Rig } from './rig.js';

/** The limits are another test's: here everything may be asked. */
const UNLIMITED: Budget = { take: () => Promise.resolve(null), pause: () => Promise.resolve() };
const SHOP = '14701711';
const PUSH_KEY = 'shopee-fake-push-key-0001';
const REGISTERED = 'https://atende.example/channels/shopee/secret-part';

type Taken = {
  readonly about: string;
  readonly text: string;
  readonly image?: { readonly mime: string; readonly base64: string };
};
type Given = Readonly<Record<string, unknown>> & { readonly buyerId?: string };
type Written = { readonly id: string; readonly conversationId: string; readonly buyerId: string };

describe('shopee', () => {
  let sim: Sim;
  let app: ShopeeApp;
  let connector: ShopeeConnector;
  let rig: Rig;
  // Beyond what a number of this language holds.
  let buyers = 9_007_199_254_740_993n;

  /** A buyer who has not written before writes, unless `given` says who. */
  const write = async ({ buyerId = String((buyers += 1n)), ...given }: Given): Promise<Written> => {
    return { ...(await sim.act<Written>('messages', { silent: true, buyerId, ...given })), buyerId };
  };
  const answerTo = ({ conversationId, buyerId }: Written, text: string): OutgoingMessage => ({
    ...{ intentId: randomUUID(), conversationId, buyerId, text, language: 'pt-BR' },
    ...{ inReplyTo: null, author: 'human', attachments: [] },
  });
  const events = async (written: Written): Promise<unknown> => {
    const answer = await connector.reading.conversation(rig.access, written.conversationId);
    return answer.kind === 'read' ? answer.value : answer;
  };

  conformance(async () => (rig = await start()));

  async function start(): Promise<Rig> {
    sim = await Sim.start('shopee', { perMinute: 1_000_000 });
    app = {
      ...{ partnerId: '2001887', partnerKey: 'shopee-fake-partner-key-0001', pushKey: PUSH_KEY, apiUrl: sim.url },
      ...{ maxLength: 1_000, contactDays: 7, respondHours: 12 },
    };
    const egress = new Egress(['127.0.0.1']);
    connector = new ShopeeConnector(app, egress, UNLIMITED);
    const redirectUri = 'https://atende.example/oauth/shopee/callback';
    const agree = async (url: string): Promise<Record<string, string>> => {
      const response = await fetch(url, { redirect: 'manual' });
      return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);
    };
    const accessOf = ({ accessToken, account }: Grant) => {
      return { url: sim.url, secrets: [accessToken], account, requestTimeoutMs: 20_000 };
    };
    const back = await agree(connector.authorisation.consentUrl({ redirectUri, state: 'first', verifier: '' }));
    const outcome = await connector.authorisation.exchange({ redirectUri, back, verifier: '' });
    if (outcome.kind !== 'granted') throw new Error(outcome.code);
    const access = accessOf(outcome.grant);
    const next = (call: string, fault: string, about?: string): Promise<void> =>
      sim.act('faults', { call, fault, ...(about === undefined ? {} : { about }) }).then(() => undefined);
    return {
      connector,
      access,
      stranger: { ...access, secrets: ['of-somebody-else'] },
      unreachable: 'http://127.0.0.1:1/',
      message: async (text) => answerTo(await write({ text: 'Tem no tamanho M?' }), text),
      next: (message, fault) => next('send', fault, message.conversationId),
      taken: async (message) => {
        const taken = await sim.act<Taken[]>('taken', { about: message.conversationId });
        return taken.filter(({ text }) => text === message.text).length;
      },
      notices,
      reading: {
        arrive: async (text) => {
          const { id, conversationId } = await write({ text });
          return { hint: { kind: 'conversation', resource: `${conversationId}/${id}` }, messageId: id, conversationId };
        },
        next: (fault) => next('read', fault),
        unknown: { kind: 'conversation', resource: '1' },
      },
      consent: {
        ...{ redirectUri, agree, next: (fault) => next('token', fault), accessOf },
        ages: { days: 30, elapse: (days) => sim.act('elapse', { ms: days * 86_400_000 }).then(() => undefined) },
        stolen: ({ back: seen, ...asked }) => ({ ...asked, back: { ...seen, shop_id: '42' } }),
      },
      stop: async () => {
        await sim.stop();
        await egress.close();
      },
    };
  }

  const pushOf = (given: unknown, { key = PUSH_KEY, url = REGISTERED, sign = true } = {}): Notice => {
    const body = Buffer.from(typeof given === 'string' ? given : JSON.stringify(given));
    return {
      headers: {
        'content-type': 'application/json',
        ...(sign ? { authorization: pushSignature(key, url, body) } : {}),
      },
      ...{ body, from: '127.0.0.1', registeredUrl: REGISTERED },
    };
  };
  const CHAT =
    '{"shop_id":14701711,"code":10,"timestamp":1655714431,"data":{"type":"message","region":"BR","content":' +
    '{"message_id":2292349852063924224,"conversation_id":2292349852063924777,"shop_id":14701711,"business_type":0}}}';

  function notices(): ReturnType<NonNullable<Rig['notices']>> {
    const good = pushOf(CHAT);
    const forged = [
      pushOf(CHAT, { sign: false }),
      pushOf(CHAT, { key: 'shopee-fake-partner-key-0001' }),
      // Signed for the address it came to, not for the one that was registered.
      pushOf(CHAT, { url: 'http://10.0.0.7:3000/channels/shopee/secret-part' }),
      { ...good, body: Buffer.from(CHAT.replace('224', '225')) },
      { ...good, body: Buffer.from(JSON.stringify(JSON.parse(CHAT))) },
      pushOf({ code: 2, data: { shop_id: 14701711 } }, { sign: false }),
    ];
    return { signed: true, secrets: [], good, forged };
  }

  describe('what stands beside a conversation', () => {
    const SECOND = Math.floor(Date.now() / 1_000);
    const voucher = (id: number, from: number, until: number): object => ({
      ...{ voucher_id: id, voucher_code: `LOJA${id}`, voucher_name: `Cupom ${id}`, voucher_type: 1, reward_type: 1 },
      ...{ start_time: SECOND + from, end_time: SECOND + until, usage_quantity: 50, current_usage: 3 },
    });
    const order = {
      ...{ order_sn: '2611240ABCDEF2', order_status: 'READY_TO_SHIP', create_time: 1_763_899_200, currency: 'BRL' },
      total_amount: 59.8,
      item_list: [
        { item_id: 2_300_104, item_name: 'Caneca', model_quantity_purchased: 2, model_discounted_price: 29.9 },
      ],
    };
    const item = {
      ...{ item_id: 2_300_104, item_name: 'Caneca', price_info: [{ currency: 'BRL', current_price: 29.9 }] },
      stock_info_v2: { summary_info: { total_available_stock: 7 } },
    };
    const subject = { conversationIds: [], orderIds: [order.order_sn], productIds: ['2300104'] };

    it('are the orders and products that are named, and coupons that hold or will', async () => {
      const vouchers = [voucher(1, -60, 3_600), voucher(2, 3_600, 7_200), voucher(3, -7_200, -3_600)];
      await sim.act('catalog', { orders: [order], items: [item], vouchers });
      expect(await connector.context.read(rig.access, subject)).toEqual({
        kind: 'read',
        value: {
          orders: [
            {
              ...{
                id: order.order_sn,
                status: 'ready_to_ship',
                orderedAt: '2025-11-23T12:00:00.000Z',
                currency: 'BRL',
              },
              ...{ total: 59.8, items: [{ productId: '2300104', title: 'Caneca', quantity: 2, unitPrice: 29.9 }] },
            },
          ],
          products: [{ id: '2300104', title: 'Caneca', price: 29.9, currency: 'BRL', available: 7, url: null }],
          coupons: [
            expect.objectContaining({ id: '1', code: 'LOJA1', quantity: 50, used: 3, state: 'running' }),
            expect.objectContaining({ id: '2', code: 'LOJA2', state: 'scheduled' }),
          ],
        },
      });
      const nothing = { conversationIds: [], orderIds: ['2611240ABCDEF9'], productIds: [] };
      expect(await connector.context.read(rig.access, nothing)).toMatchObject({ value: { orders: [], products: [] } });
    });

    it.each(['orders', 'products', 'vouchers'])(
      'are the rest where the application may not ask for %s',
      async (call) => {
        await sim.act('catalog', { orders: [order], items: [item], vouchers: [voucher(4, -60, 3_600)] });
        // Coupons are asked for twice.
        for (let turn = 0; turn < (call === 'vouchers' ? 2 : 1); turn += 1)
          await sim.act('faults', { call, fault: 'forbidden' });
        const read = await connector.context.read(rig.access, subject);
        if (read.kind !== 'read') throw new Error(read.kind);
        const { orders, products, coupons = [] } = read.value;
        const counts = { orders: orders.length, products: products.length, vouchers: coupons.length };
        expect(counts[call as keyof typeof counts]).toBe(0);
        expect(Object.values(counts).filter((count) => count === 0)).toHaveLength(1);
      },
    );

    it.each(['orders', 'products', 'vouchers'])('says why it cannot be read: %s', async (call) => {
      await sim.act('catalog', { orders: [order], items: [item] });
      await sim.act('faults', { call, fault: 'busy' });
      expect(await connector.context.read(rig.access, subject)).toMatchObject({ kind: 'later', code: 'rate_limited' });
      await sim.act('faults', { call, fault: 'garbage' });
      expect((await connector.context.read(rig.access, subject)).kind).not.toBe('read');
      expect(await connector.context.read(rig.stranger, subject)).toMatchObject({ kind: 'unauthorised' });
    });
  });

  describe('cards', () => {
    const PRODUCT = { kind: 'product', id: '2300104459123' } as const;
    const ORDER = { kind: 'order', id: '2611240ABCDEF1' } as const;
    const cardTo = (written: Written, card: OutgoingMessage['card']): OutgoingMessage => ({
      ...answerTo(written, ''),
      ...(card === undefined ? {} : { card }),
      known: [],
    });
    const takenOf = ({ conversationId }: OutgoingMessage): Promise<unknown[]> =>
      sim.act('taken', { about: conversationId });

    it.each([
      [PRODUCT, { item_id: PRODUCT.id }],
      [ORDER, { order_sn: ORDER.id }],
    ])('are messages of their own: %j', async (given, card) => {
      const message = cardTo(await write({ text: 'Qual é?' }), given);
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken', status: 'available' });
      expect(await takenOf(message)).toMatchObject([{ text: '', card }]);
      const more = { ...message, text: 'Este aqui.' };
      expect(await connector.send(rig.access, more)).toEqual({ kind: 'refused', reason: 'card_with_more' });
      const wrong = { ...message, card: { kind: 'product', id: 'MLB-1' } as const };
      expect(await connector.send(rig.access, wrong)).toEqual({ kind: 'refused', reason: 'product_unknown' });
      expect(await takenOf(message)).toHaveLength(1);
    });

    it.each([
      ['cut_before', PRODUCT, 0],
      ['cut_after', PRODUCT, 1],
      ['cut_after', ORDER, 1],
    ])('are found again by what they show when their answer got lost: %s, %j', async (fault, given, times) => {
      const written = await write({ text: 'Qual é?' });
      const message = cardTo(written, given);
      const since = Date.now();
      await sim.act('faults', { call: 'send', fault, about: message.conversationId });
      expect((await connector.send(rig.access, message)).kind).toBe('unknown');
      expect(await takenOf(message)).toHaveLength(times);
      const found = await connector.find(rig.access, { intentId: message.intentId, since, message });
      expect(found).toMatchObject(times === 1 ? { kind: 'found', status: 'available' } : { kind: 'absent' });
      // Of something else nothing is there, nor of what is known already.
      const other = { ...message, card: { kind: 'product', id: '1' } as const };
      expect(await connector.find(rig.access, { intentId: message.intentId, since, message: other })).toEqual({
        kind: 'absent',
      });
      if (found.kind !== 'found') return;
      const again = { ...message, known: [found.externalId ?? ''] };
      expect(await connector.find(rig.access, { intentId: message.intentId, since, message: again })).toEqual({
        kind: 'absent',
      });
    });
  });

  describe('pictures', () => {
    const pictureTo = (written: Written): OutgoingMessage => ({
      ...answerTo(written, ''),
      ...{ files: [{ name: 'cor.png', mediaType: 'image/png', bytes: png() }], known: [] },
    });
    const takenOf = ({ conversationId }: OutgoingMessage): Promise<Taken[]> =>
      sim.act<Taken[]>('taken', { about: conversationId });
    // Whoever looks for a message has not read its files.
    const soughtBy = (message: OutgoingMessage) => ({
      ...{ intentId: message.intentId, since: Date.now(), message: { ...message, files: [] } },
    });

    it('are messages of their own', async () => {
      const message = pictureTo(await write({ text: 'Tem foto?' }));
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken', status: 'available' });
      expect(await takenOf(message)).toMatchObject([{ text: '', image: { mime: 'image/png' } }]);
      const both = { ...pictureTo(await write({ text: 'E outra?' })), text: 'Segue.' };
      expect(await connector.send(rig.access, both)).toEqual({ kind: 'refused', reason: 'picture_with_more' });
      expect(await takenOf(both)).toEqual([]);
    });

    it.each([
      ['upload', 'error_after', 'not_taken', 0],
      ['upload', 'cut_before', 'not_taken', 0],
      ['upload', 'garbage', 'not_taken', 0],
      ['upload', 'busy', 'not_taken', 0],
      ['send', 'cut_before', 'unknown', 0],
      ['send', 'cut_after', 'unknown', 1],
      ['send', 'refuse', 'refused', 0],
    ])('are known not to have left, or not known: %s, %s', async (call, fault, kind, times) => {
      const message = pictureTo(await write({ text: 'Tem foto?' }));
      // Of an upload nobody knows yet whom it is for.
      const about = call === 'send' ? { about: message.conversationId } : {};
      await sim.act('faults', { call, fault, ...about });
      expect((await connector.send(rig.access, message)).kind).toBe(kind);
      expect(await takenOf(message)).toHaveLength(times);
      // One that is there may be ours, or somebody else's of the shop: it is not sent again by itself.
      const found = times === 1 ? { kind: 'failed', reason: 'picture_unproven' } : { kind: 'absent' };
      expect(await connector.find(rig.access, soughtBy(message))).toEqual(found);
    });

    it('that are known are none of what is looked for', async () => {
      const written = await write({ text: 'Tem foto?' });
      const first = await connector.send(rig.access, pictureTo(written));
      const sought = soughtBy(pictureTo(written));
      const known = [first.kind === 'taken' ? (first.externalId ?? '') : ''];
      const message = { ...sought.message, known };
      expect(await connector.find(rig.access, { ...sought, message })).toEqual({ kind: 'absent' });
    });

    it('of somebody who answered on the platform are an answer', async () => {
      const written = await write({ text: 'Tem foto?' });
      const content = { url: `${sim.url}/file/x` };
      await sim.act('messages', { silent: true, buyerId: written.buyerId, from: 'shop', type: 'image', content });
      const message = pictureTo(written);
      const outcome = { kind: 'refused', reason: 'answered_elsewhere' };
      expect(await connector.send(rig.access, message)).toEqual(outcome);
      expect(await takenOf(message)).toEqual([]);
    });
  });

  describe('pushes', () => {
    it('about the chat say which conversation to read, every digit of it', () => {
      expect(connector.notices.parse(Buffer.from(CHAT))).toEqual({
        ...{ kind: 'hints', id: '', account: SHOP },
        hints: [{ kind: 'conversation', resource: '2292349852063924777/2292349852063924224' }],
      });
    });

    it.each([
      ['with affiliates', CHAT.replace('"business_type":0', '"business_type":11')],
      ['of other things', '{"shop_id":14701711,"code":3,"timestamp":1,"data":{"ordersn":"220810QSK8S7BX"}}'],
      ['of a new consent', '{"code":1,"timestamp":1,"data":{"shop_id":14701711,"success":1}}'],
      ['of the platform’s news', '{"shop_id":1,"code":5,"timestamp":1,"data":{"actions":[]}}'],
    ])('%s are none of ours', (_name, body) => {
      expect(connector.notices.parse(Buffer.from(body))).toEqual({ kind: 'nothing' });
    });

    it('about the consent say whose, and by when', () => {
      const said = (body: object): unknown => connector.notices.parse(Buffer.from(JSON.stringify(body)));
      expect(said({ code: 2, timestamp: 1660616278, data: { shop_id: 14701711, success: 1 } })).toEqual({
        ...{ kind: 'consent', accounts: [SHOP], endsAt: null, at: 1_660_616_278_000 },
      });
      const soon = { shop_expire_soon: [14701711, 2], expire_before: 1619740800, page_no: 1, total_page: 1 };
      expect(said({ code: 12, timestamp: 1568606634, data: soon })).toEqual({
        ...{ kind: 'consent', accounts: [SHOP, '2'], endsAt: 1_619_740_800_000, at: 1_568_606_634_000 },
      });
    });

    it('are believed of a trial alone while there is no key', () => {
      const keyless = new ShopeeConnector({ ...app, pushKey: undefined }, new Egress([]), UNLIMITED);
      const trial = pushOf({ code: 0 }, { sign: false });
      expect(keyless.notices.verify([], trial)).toBe(true);
      expect(keyless.notices.parse(trial.body)).toEqual({ kind: 'nothing' });
      expect(keyless.notices.verify([], pushOf(CHAT))).toBe(false);
    });
  });

  describe('messages', () => {
    it('are read with who wrote, by when an answer counts, and how long one may be written', async () => {
      const at = Date.now() - 60_000;
      const written = await write({ text: 'Bom dia 👋', name: 'Marina', at });
      const sentAt = Math.floor(at / 1_000) * 1_000;
      expect(await events(written)).toEqual([
        {
          type: 'message.received',
          data: {
            ...{ messageId: written.id, conversationId: written.conversationId, text: 'Bom dia 👋' },
            ...{ sentAt: new Date(sentAt).toISOString(), buyer: { id: written.buyerId, name: 'Marina' } },
            platform: {
              respondBy: new Date(sentAt + 12 * 3_600_000).toISOString(),
              windowUntil: new Date(sentAt + 7 * 86_400_000).toISOString(),
            },
          },
        },
      ]);
    });

    it.each([
      [
        'an image',
        'image',
        { url: 'https://cf.example/1.jpg' },
        { attachments: [{ url: 'https://cf.example/1.jpg', mediaType: 'image/*' }] },
      ],
      ['an image nobody should open', 'image', { url: 'javascript:alert(1)' }, { text: '' }],
      ['an item', 'item', { item_id: 55501, shop_id: 14701711 }, { about: { kind: 'product', id: '55501' } }],
      ['an order', 'order', { order_sn: '220810QSK8S7BX' }, { about: { kind: 'order', id: '220810QSK8S7BX' } }],
      [
        'a sticker',
        'sticker',
        { sticker_id: '0042', sticker_package_id: 'pt1' },
        { about: { kind: 'sticker', id: 'pt1/0042' } },
      ],
    ])('may be %s', async (_name, type, content, expected) => {
      const written = await write({ type, content });
      expect(await events(written)).toMatchObject([{ type: 'message.received', data: { text: '', ...expected } }]);
    });

    it('of kinds nobody here knows are there, too', async () => {
      const written = await write({ type: 'Voucher-2', content: { voucher_id: 7 } });
      expect(await events(written)).toMatchObject([{ data: { about: { kind: 'voucher_2', id: written.id } } }]);
    });

    it('written from a page say what they are about', async () => {
      const written = await write({ text: 'Onde está?', about: { order_sn: '220810QSK8S7BX', item_id: 0 } });
      expect(await events(written)).toMatchObject([{ data: { about: { kind: 'order', id: '220810QSK8S7BX' } } }]);
    });

    it('that nobody wrote are told from those of people, and what is hidden is not there', async () => {
      const written = await write({ text: 'Oi' });
      const { buyerId } = written;
      await write({ buyerId, text: 'Olá! Já respondemos.', from: 'shop', status: 'auto_reply' });
      await write({ buyerId, text: 'Aqui é a Ana.', from: 'shop' });
      await write({ buyerId, text: 'golpe', status: 'blocked' });
      await write({ buyerId, text: 'A loja mudou de nome.', from: 'shop', type: 'notification' });
      await write({ buyerId, text: 'me chama no zap', from: 'shop', status: 'censored_blacklist' });
      expect(await events(written)).toMatchObject([
        { type: 'message.received' },
        { type: 'reply.external', data: { author: 'automated' } },
        { type: 'reply.external', data: { author: 'human', text: 'Aqui é a Ana.', buyer: { id: buyerId } } },
        { type: 'message.status', data: { status: 'rejected', reason: 'censored_blacklist' } },
      ]);
    });

    it('are read over as many pages as there are, in order', async () => {
      const written = await write({ text: 'n0' });
      const begunAt = Date.now();
      for (let n = 1; n <= 120; n += 1) await write({ buyerId: written.buyerId, text: `n${n}`, at: begunAt + n * 10 });
      const answer = await connector.reading.conversation(rig.access, written.conversationId);
      const texts = answer.kind === 'read' ? answer.value.map(({ data }) => ('text' in data ? data.text : '')) : [];
      expect(texts).toEqual(Array.from({ length: 121 }, (_, n) => `n${n}`));
    });

    it('of which the platform has told and which it does not show yet are there a little later', async () => {
      const { id, conversationId } = await write({ text: 'Já vai.', hiddenFor: 2 });
      const hint = { kind: 'conversation', resource: `${conversationId}/${id}` };
      expect(await connector.reading.read(rig.access, hint)).toEqual({ kind: 'absent' });
      expect(await connector.reading.read(rig.access, hint)).toMatchObject({ kind: 'read' });
    });

    it('do not wait for one of their conversation that the platform never shows', async () => {
      const { id, buyerId, conversationId } = await write({ text: 'Esta se vê.' });
      const hidden = await write({ buyerId, text: 'Esta não.', hiddenFor: 1_000 });
      const hint = { kind: 'conversation', resource: `${conversationId}/${hidden.id}` };
      expect(await connector.reading.read(rig.access, hint)).toMatchObject({
        ...{ kind: 'partial', value: [{ data: { messageId: id } }] },
      });
    });
  });

  describe('answers', () => {
    it('are refused with the platform’s own word, and where the text is too long for it', async () => {
      const late = await write({ text: 'Faz tempo', at: Date.now() - 8 * 86_400_000 });
      expect(await connector.send(rig.access, answerTo(late, 'Oi'))).toEqual({
        ...{ kind: 'refused', reason: 'user_is_forbidden' },
      });
      const written = await write({ text: 'Oi' });
      expect(await connector.send(rig.access, answerTo(written, 'a'.repeat(1_001)))).toEqual({
        ...{ kind: 'refused', reason: 'text_too_long' },
      });
      await sim.act('settings', { maxLength: 10 });
      expect(await connector.send(rig.access, answerTo(written, 'a'.repeat(11)))).toMatchObject({ kind: 'refused' });
      await sim.act('settings', { maxLength: 1_000 });
    });

    it('are not written when somebody has answered on the platform since the buyer wrote', async () => {
      const written = await write({ text: 'Tem?' });
      const { buyerId } = written;
      const message = { ...answerTo(written, 'Temos.'), known: [] };
      await write({ buyerId, text: 'A loja mudou de nome.', from: 'shop', type: 'notification' });
      await write({ buyerId, text: 'Olá, já respondemos!', from: 'shop', status: 'auto_reply' });
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'taken' });
      await write({ buyerId, text: 'E preto?', at: Date.now() + 2_000 });
      const { id } = await write({ buyerId, text: 'Preto não.', from: 'shop', at: Date.now() + 3_000 });
      expect(await connector.send(rig.access, { ...message, text: 'Preto sim.' })).toEqual({
        ...{ kind: 'refused', reason: 'answered_elsewhere' },
      });
      expect(await connector.send(rig.access, { ...message, text: 'Preto  não. ' })).toMatchObject({ externalId: id });
    });

    it('of equal texts are told apart by their ids', async () => {
      const written = await write({ text: 'E agora?' });
      const message = answerTo(written, 'Já vamos ver.');
      const first = await connector.send(rig.access, message);
      const known = [first.kind === 'taken' ? (first.externalId ?? '') : ''];
      const find = (more: object): unknown =>
        connector.find(rig.access, { intentId: message.intentId, since: Date.now(), message: { ...message, ...more } });
      expect(await find({ known })).toEqual({ kind: 'absent' });
      expect(await find({ known: [] })).toMatchObject({ kind: 'found', externalId: known[0] });
    });

    it('that the platform takes away at once are found to be rejected', async () => {
      const message = answerTo(await write({ text: 'Tem zap?' }), 'censurado');
      await sim.act('faults', { call: 'send', fault: 'cut_after', about: message.conversationId });
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'unknown' });
      const sought = { intentId: message.intentId, since: Date.now(), message };
      expect(await connector.find(rig.access, sought)).toMatchObject({ kind: 'found', status: 'rejected' });
    });

    it('are found again when the platform’s clock is minutes behind, as far as it takes our requests at all', async () => {
      await sim.act('settings', { skewMs: -4 * 60_000 });
      const message = { ...(await rig.message('Quase meio-dia.')), known: [] };
      const since = Date.now();
      await sim.act('faults', { call: 'send', fault: 'cut_after', about: message.conversationId });
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'unknown' });
      expect(await connector.find(rig.access, { intentId: message.intentId, since, message })).toMatchObject({
        kind: 'found',
      });
      await sim.act('settings', { skewMs: -6 * 60_000 });
      expect(await connector.send(rig.access, message)).toMatchObject({ kind: 'not_taken', reason: 'clock_off' });
      await sim.act('settings', { skewMs: 0 });
    });

    it('wait for the platform’s next day when the calls of this one are used up', async () => {
      const message = await rig.message('Amanhã.');
      await sim.act('faults', { call: 'send', fault: 'daily', about: message.conversationId });
      const outcome = await connector.send(rig.access, message);
      expect(outcome).toMatchObject({ kind: 'not_taken' });
      const { retryAfterMs } = outcome as { readonly retryAfterMs: number };
      // Its day begins at midnight, UTC+8.
      const endsAt = new Date(Date.now() + retryAfterMs + 8 * 3_600_000).getTime() % 86_400_000;
      expect(Math.min(endsAt, 86_400_000 - endsAt)).toBeLessThan(60_000);
      expect(await rig.taken(message)).toBe(0);
    });

    it('wait where people have to put something right, and say what', async () => {
      const message = await rig.message('Logo.');
      await sim.act('faults', { call: 'send', fault: 'undeclared', about: message.conversationId });
      expect(await connector.send(rig.access, message)).toMatchObject({
        ...{ kind: 'not_taken', reason: 'source_ip_undeclared' },
      });
      const egress = new Egress(['127.0.0.1']);
      const wrong = new ShopeeConnector({ ...app, partnerKey: 'another' }, egress, UNLIMITED);
      expect(await wrong.send(rig.access, message)).toMatchObject({ kind: 'not_taken', reason: 'error_sign' });
      const hint = { kind: 'conversation', resource: message.conversationId };
      expect(await wrong.reading.read(rig.access, hint)).toMatchObject({ kind: 'later', code: 'error_sign' });
      await egress.close();
    });
  });

  it('does not take a consent for lost because the application’s own number is wrong', async () => {
    const egress = new Egress(['127.0.0.1']);
    const wrong = new ShopeeConnector({ ...app, partnerId: '2001888' }, egress, UNLIMITED);
    expect(await wrong.authorisation.refresh({ refreshToken: 'any', account: SHOP })).toMatchObject({
      ...{ kind: 'later', code: 'invalid_partner_id' },
    });
    await egress.close();
  });

  it('gives back pushes that reached nobody, until they are confirmed', async () => {
    await sim.act('push', { code: 10, data: { content: { conversation_id: '77', message_id: '78' } } });
    const bodies: Buffer[] = [];
    let cursor: string | null = 'lost:';
    while (cursor !== null) {
      const answer = await connector.reading.changes(rig.access, cursor);
      if (answer.kind !== 'read') throw new Error(answer.kind);
      bodies.push(...(answer.value.notices ?? []));
      cursor = answer.value.next;
    }
    expect(bodies.map((body) => connector.notices.parse(body))).toContainEqual(
      expect.objectContaining({ account: SHOP, hints: [{ kind: 'conversation', resource: '77/78' }] }),
    );
    expect(await sim.state()).toMatchObject({ lost: 0 });
  });

  it.each([
    ['Normal', { kind: 'read', value: 'on' }],
    ['Warning', { kind: 'read', value: 'failing' }],
    ['Suspended', { kind: 'read', value: 'off' }],
    ['Hibernating', { kind: 'absent' }],
  ])('says whether the platform still pushes: %s', async (pushStatus, answer) => {
    await sim.act('settings', { pushStatus });
    expect(await connector.pushes.state(rig.access)).toEqual(answer);
    await sim.act('settings', { pushStatus: 'Normal' });
  });

  it('is pushed nothing, and nothing is kept as lost, once too many pushes reached nobody', async () => {
    // Nobody listens there.
    await sim.act('settings', { pushUrl: 'http://127.0.0.1:1/', pushRetryMs: 1, suspendsAfter: 2 });
    const push = (id: string): Promise<unknown> =>
      sim.act('push', { code: 10, data: { content: { conversation_id: '90', message_id: id } } });
    for (const id of ['91', '92']) await push(id);
    const suspended = await eventually(
      () => connector.pushes.state(rig.access),
      (answer) => answer.kind === 'read' && answer.value === 'off',
      20_000,
    );
    expect(suspended).toEqual({ kind: 'read', value: 'off' });
    const before = await sim.state<{ readonly lost: number }>();
    await push('93');
    expect((await sim.state<{ readonly lost: number }>()).lost).toBe(before.lost);
    const settings = { pushUrl: null, pushRetryMs: 400, suspendsAfter: null, pushStatus: 'Normal' };
    await sim.act('settings', settings);
    for (let cursor: string | null = 'lost:'; cursor !== null;) {
      const answer: Answer<Changes> = await connector.reading.changes(rig.access, cursor);
      cursor = answer.kind === 'read' ? answer.value.next : null;
    }
  });

  it.each([
    ['behind', -4],
    ['ahead', 4],
  ])('loses, doubles and mixes up nothing while the platform’s clock is four minutes %s', async (_word, minutes) => {
    await sim.act('settings', { skewMs: minutes * 60_000 });
    const first = await write({ text: 'Primeira?' });
    for (const text of ['Segunda?', 'Terceira?']) await write({ buyerId: first.buyerId, text });
    const message = { ...answerTo(first, 'Todas respondidas.'), known: [] };
    await sim.act('faults', { call: 'send', fault: 'cut_after', about: first.conversationId });
    expect(await deliver({ connector }, rig.access, message)).toBe('available');
    expect(await rig.taken(message)).toBe(1);
    expect(await events(first)).toMatchObject(
      ['Primeira?', 'Segunda?', 'Terceira?', 'Todas respondidas.'].map((text) => ({ data: { text } })),
    );
    await sim.act('settings', { skewMs: 0 });
  });

  it('confirms lost pushes by their number of 19 digits, each digit of it, and confirms none by a rounded one', async () => {
    await sim.act('push', { code: 10, data: { content: { conversation_id: '79', message_id: '80' } } });
    const lost = await eventually(
      () => connector.reading.changes(rig.access, 'lost:'),
      (answer) => answer.kind === 'read' && answer.value.next !== null,
    );
    const cursor = lost.kind === 'read' ? (lost.value.next ?? '') : '';
    const [, last = ''] = /^confirm:(\d{19})$/.exec(cursor) ?? [];
    expect(BigInt(Number(last))).not.toBe(BigInt(last));
    const { lost: many } = await sim.state<{ lost: number }>();
    // What is not confirmed is given again with the next sweep.
    expect(await connector.reading.changes(rig.access, `confirm:${BigInt(Number(last))}`)).toMatchObject({
      value: { next: null },
    });
    expect(await sim.state()).toMatchObject({ lost: many });
    expect(await connector.reading.changes(rig.access, cursor)).toMatchObject({ value: { next: 'lost:' } });
    expect(await sim.act('confirmed')).toEqual({ last });
    expect(await sim.state()).toMatchObject({ lost: 0 });
  });

  describe('a sweep', () => {
    const swept = async (sweptAt: number | null): Promise<string[]> => {
      const found: string[] = [];
      for (let cursor: string | null = null; ;) {
        const answer: Answer<Changes> = await connector.reading.changes(rig.access, cursor, sweptAt);
        if (answer.kind !== 'read') throw new Error(answer.kind);
        found.push(...answer.value.hints.map(({ resource }) => resource.split('/')[0] ?? ''));
        cursor = answer.value.next;
        if (cursor === null) return found;
      }
    };

    it('goes on after a page of chats that are none of ours', async () => {
      const { conversationId } = await write({ text: 'Estou no fim da lista.', at: Date.now() - 30 * 3_600_000 });
      for (let n = 0; n < 55; n += 1) await write({ text: `parceria ${n}`, businessType: 11, at: Date.now() + 60_000 });
      expect(await swept(null)).toContain(conversationId);
    });

    it('that comes late looks back to the one before it, at what somebody has read too', async () => {
      const asked = await write({ text: 'Domingo tem?', at: Date.now() - 50 * 3_600_000 });
      await write({ buyerId: asked.buyerId, text: 'Tem sim.', from: 'shop', at: Date.now() - 49 * 3_600_000 });
      expect(await swept(Date.now() - 60_000)).not.toContain(asked.conversationId);
      expect(await swept(Date.now() - 52 * 3_600_000)).toContain(asked.conversationId);
      const old = await write({ text: 'Faz tempo.', from: 'shop', at: Date.now() - 8 * 24 * 3_600_000 });
      expect(await swept(0)).not.toContain(old.conversationId);
    });
  });

  it('names no shop it was not told of: a login for many is refused', async () => {
    const { authorisation } = connector;
    const redirectUri = 'https://atende.example/oauth/shopee/callback';
    const back = { code: 'any', state: 's', main_account_id: '9' };
    expect(await authorisation.exchange({ redirectUri, back, verifier: '' })).toEqual({
      ...{ kind: 'refused', code: 'shop_not_named' },
    });
  });

  it('asks for nothing when nothing is left of the minute, and says when to come back', async () => {
    await keepsToBudget(
      rig,
      (egress, budget) => new ShopeeConnector(app, egress, budget),
      (message) => ({ kind: 'conversation', resource: message.conversationId }),
    );
  });
});
