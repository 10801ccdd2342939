import { eventually } from '../support/eventually.js';
import { PlatformShop } from '../support/platform-shop.js';
import { auditOf } from '../support/audit-log.js';

const BUYER = 5_001;
const SHIRT = { id: 'MLB77', title: 'Camisa de linho', quantity: 2, price: 89.9 };

type Blocked = { readonly blocked: { readonly questions: number[]; readonly order: number[] } };

describe('buyers on Mercado Livre', () => {
  let shop: PlatformShop;
  let conversationId: string;
  let buyerId: string;
  let orderId: number;

  beforeAll(async () => {
    shop = await PlatformShop.start('mercadolivre');
    expect((await shop.connect()).status).toBe(200);
    await shop.sim.act('items', {
      ...{ id: 'MLB77', title: 'Camisa de linho', price: 89.9, currency_id: 'BRL', available_quantity: 4 },
      permalink: 'https://produto.mercadolivre.com.br/MLB77',
    });
    await shop.sim.act('questions', { text: 'Serve M?', buyerId: BUYER, itemId: 'MLB77' });
    const pack = await shop.sim.act<{ id: number; orderId: number }>('packs', { buyerId: BUYER, items: [SHIRT] });
    orderId = pack.orderId;
    await shop.sim.act('messages', { packId: pack.id, text: 'Quando chega?' });
    const inquiries = await eventually(
      () => shop.inquiries(),
      (all) => all.length === 2,
    );
    const { body } = await shop.stack.as('supervisor').get(`/v1/inquiries/${inquiries[0]?.id}`);
    ({ conversationId, buyerId } = body as { conversationId: string; buyerId: string });
  }, 60_000);

  afterAll(() => shop.stop());

  const context = (query = '', role: 'supervisor' | 'ops' = 'supervisor') =>
    shop.stack.as(role).get(`/v1/conversations/${conversationId}/context${query}`);

  describe('have beside them', () => {
    it('what they ordered and asked about, as the platform says it, with how old that is', async () => {
      const { body } = await context();
      expect(body).toMatchObject({
        orders: [
          {
            id: String(orderId),
            status: 'paid',
            orderedAt: expect.any(String),
            currency: 'BRL',
            total: 179.8,
            items: [{ productId: 'MLB77', title: 'Camisa de linho', quantity: 2, unitPrice: 89.9 }],
            source: 'platform',
          },
        ],
        product: { id: 'MLB77', source: 'message' },
        products: [
          { id: 'MLB77', title: 'Camisa de linho', price: 89.9, available: 4, url: expect.stringMatching(/^https:/) },
        ],
        platform: { problem: null, readAt: expect.any(String) },
      });
      expect(body.orders[0].ageMs).toBeLessThan(60_000);
    });

    it('the same without asking again, until somebody wants to know it anew', async () => {
      const before = (await context()).body.platform.readAt;
      await shop.sim.act('items', { id: 'MLB77', title: 'Camisa de linho', price: 79.9, currency_id: 'BRL' });
      expect((await context()).body).toMatchObject({ products: [{ price: 89.9 }], platform: { readAt: before } });
      expect((await context('?refresh=true')).body.products[0].price).toBe(79.9);
    });

    it('what was known, and why no more is, while the platform cannot be asked', async () => {
      await shop.sim.act('faults', { call: 'read', fault: 'error_before' });
      const { status, body } = await context('?refresh=true');
      expect(status).toBe(200);
      expect(body).toMatchObject({ orders: [{ id: String(orderId) }], platform: { problem: 'http_500' } });
      expect((await context('?refresh=perhaps')).status).toBe(400);
    });

    it('nothing of that for roles that see no texts, nor in clear in the database', async () => {
      expect((await context('', 'ops')).body).toMatchObject({
        orders: [],
        products: [],
        platform: null,
        product: { title: null },
      });
      const { rows } = await shop.stack.superuser.query<{ body: Buffer }>('select body from conversation_context');
      expect(rows).toHaveLength(1);
      expect(rows[0]?.body.includes('Camisa')).toBe(false);
    });

    it('a card in the message that named it', async () => {
      const { body } = await shop.stack.as('supervisor').get(`/v1/conversations/${conversationId}/messages`);
      const cards = body.items.flatMap((item: { cards: unknown[] }) => item.cards);
      expect(cards).toEqual([{ kind: 'product', id: 'MLB77', title: null }]);
    });
  });

  describe('can be kept away', () => {
    const blocked = async (): Promise<Blocked['blocked']> => (await shop.sim.state<Blocked>()).blocked;

    it('from asking and from buying, once, and let in again', async () => {
      const supervisor = shop.stack.as('supervisor');
      const done = await supervisor.post(`/v1/buyers/${buyerId}/block`, {});
      expect([done.status, done.body.blocked]).toEqual([200, true]);
      expect(await blocked()).toEqual({ questions: [BUYER], order: [BUYER] });
      expect((await supervisor.post(`/v1/buyers/${buyerId}/block`, {})).body.blocked).toBe(true);
      expect((await supervisor.get(`/v1/buyers/${buyerId}`)).body.blocked).toBe(true);
      expect((await supervisor.post(`/v1/buyers/${buyerId}/unblock`, {})).body.blocked).toBe(false);
      expect(await blocked()).toEqual({ questions: [], order: [] });
      // Whoever is on no list any more is let in all the same.
      expect((await supervisor.post(`/v1/buyers/${buyerId}/unblock`, {})).status).toBe(200);
      expect(await auditOf(shop.stack, 'buyer.block')).toHaveLength(1);
      expect(await auditOf(shop.stack, 'buyer.unblock')).toHaveLength(1);
    });

    it('only when the platform has done it', async () => {
      await shop.sim.act('faults', { call: 'block', fault: 'busy', retryAfter: 7 });
      const answer = await shop.stack.as('supervisor').post(`/v1/buyers/${buyerId}/block`, {});
      expect(answer).toMatchObject({ status: 503, body: { code: 'platform_unavailable', reason: 'rate_limited' } });
      expect(answer.headers.get('retry-after')).toBe('7');
      expect((await shop.stack.as('supervisor').get(`/v1/buyers/${buyerId}`)).body.blocked).toBe(false);
    });
  });
});
