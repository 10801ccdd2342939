import { eventually } from '../support/eventually.js';
import { offeredTo } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { ApiAnswer } from '../support/api.js';
import type { Accepted, Stack } from '../support/stack.js';

describe('reading inquiries', () => {
  let stack: Stack;
  let delivery: Accepted;
  let complaint: Accepted;

  const acknowledged = (inquiryId: string): Promise<unknown> =>
    eventually(
      () => stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) =>
        body.obligations?.some(
          (one: { name: string; state: string }) => one.name === 'acknowledge' && one.state === 'met',
        ),
    );

  beforeAll(async () => {
    stack = await startStack();
    delivery = await stack.send({
      text: 'Oi, quando chega o meu pedido?',
      buyer: 'marina',
      name: 'Marina Teles',
      about: { kind: 'product', id: 'MLB123', title: 'Chaleira elétrica' },
    });
    await acknowledged(delivery.inquiryId);
    complaint = await stack.send({ text: 'Vou ao Procon, isto é um absurdo', buyer: 'rui', name: 'Rui Prado' });
    await acknowledged(complaint.inquiryId);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ids = (body: { items: { id: string }[] }): string[] => body.items.map(({ id }) => id);

  describe('the list', () => {
    it('has everything a workbench shows in a row, newest opened first', async () => {
      const { status, body } = await stack.as('agent').get('/v1/inquiries');
      expect(status).toBe(200);
      expect(ids(body)).toEqual([complaint.inquiryId, delivery.inquiryId]);
      expect(body.nextCursor).toBeNull();
      expect(body.items[1]).toMatchObject({
        channel: 'webhook',
        shopName: 'Loja Aurora',
        buyerName: 'Marina Teles',
        state: 'open',
        step: 'reply',
        queue: 'sales-br',
        urgency: 'normal',
        tags: [],
        holder: null,
        lastMessage: { direction: 'out', preview: expect.stringContaining('Marina') },
        task: { kind: 'reply', state: 'offered', holder: null },
        nextDue: expect.stringMatching(/Z$/),
        closedAt: null,
      });
      expect(body.items[0]).toMatchObject({ tags: ['legal'], urgency: 'critical', sensitive: true });
      expect(Date.parse(body.items[1].unansweredSince)).toBeLessThanOrEqual(Date.now());
    });

    it('shows what bites first', async () => {
      const { body } = await stack.as('supervisor').get('/v1/inquiries?sort=due&state=open');
      expect(ids(body)).toEqual([complaint.inquiryId, delivery.inquiryId]);
    });

    it.each(['opened', 'due'])('can be read page by page (sort=%s)', async (sort) => {
      const first = await stack.as('agent').get(`/v1/inquiries?limit=1&sort=${sort}`);
      const second = await stack.as('agent').get(`/v1/inquiries?limit=1&sort=${sort}&cursor=${first.body.nextCursor}`);
      expect([...ids(first.body), ...ids(second.body)]).toEqual([complaint.inquiryId, delivery.inquiryId]);
      expect(second.body.nextCursor).toBeNull();
    });

    it.each([
      ['state=open', 2],
      ['state=closed', 0],
      ['state=open&state=waiting_buyer', 2],
      ['queue=sales-br', 2],
      ['queue=night-sz', 0],
      ['tag=legal', 1],
      ['urgency=critical', 1],
      ['intent=complaint', 1],
      ['shop=demo', 2],
      ['shop=unknown-shop', 0],
      ['holder=00000000-0000-7000-8000-000000000000', 0],
      ['openedFrom=2099-01-01T00:00:00.000Z', 0],
      ['openedTo=2099-01-01T00:00:00.000Z', 2],
    ])('filters by %s', async (query, count) => {
      const { status, body } = await stack.as('agent').get(`/v1/inquiries?${query}`);
      expect([status, body.items?.length]).toEqual([200, count]);
    });

    it.each([
      ['limit=201', '/limit'],
      ['state=lost', '/state'],
      ['openedFrom=yesterday', '/openedFrom'],
    ])('refuses %s', async (query, pointer) => {
      const { status, body } = await stack.as('agent').get(`/v1/inquiries?${query}`);
      expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'request_invalid', pointer]);
    });

    it('refuses a cursor of another list or another order', async () => {
      const { body } = await stack.as('agent').get('/v1/inquiries?limit=1');
      const other = await stack.as('agent').get(`/v1/inquiries?limit=1&sort=due&cursor=${body.nextCursor}`);
      expect([other.status, other.body.code]).toEqual([400, 'cursor_invalid']);
    });

    it('leaves out texts and names for roles that see none', async () => {
      const { body } = await stack.as('ops').get('/v1/inquiries');
      expect(body.items).toHaveLength(2);
      expect(body.items[1]).toMatchObject({ buyerName: null, lastMessage: { preview: null } });
    });

    it('shows nothing of another tenant', async () => {
      const { body } = await stack.as({ key: stack.other.keys.agent }).get('/v1/inquiries');
      expect(body.items).toEqual([]);
    });
  });

  describe('one inquiry', () => {
    it('tells what it is about, how it is understood, and which clocks run', async () => {
      const { status, body, headers } = await stack.as('agent').get(`/v1/inquiries/${delivery.inquiryId}`);
      expect(status).toBe(200);
      expect(headers.get('etag')).toMatch(/^"\d+"$/);
      expect(body).toMatchObject({
        id: delivery.inquiryId,
        conversationId: delivery.conversationId,
        state: 'open',
        step: 'reply',
        definition: { key: 'standard-br', version: 1 },
        definitions: [{ key: 'standard-br', version: 1, from: body.openedAt, by: null }],
        classification: { sensitive: false, language: 'pt-BR', by: 'rules', evidence: expect.any(Array) },
        queue: 'sales-br',
        holder: null,
        data: {},
        retention: { class: null, until: null, onHold: false },
        linked: null,
        closedAt: null,
      });
      const acknowledge = body.obligations.find((one: { name: string }) => one.name === 'acknowledge');
      expect(acknowledge).toMatchObject({
        instance: 1,
        state: 'met',
        clock: 'wall',
        calendar: null,
        cause: 'buyer_message',
        metBy: { by: 'message', messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
      const first = body.obligations.find((one: { name: string }) => one.name === 'first_response');
      expect(first).toMatchObject({ state: 'running', clock: 'house', calendar: { key: 'always', version: 1 } });
      expect(first.deadline).toBe(body.nextDue);
    });

    it.each([
      ['something that is no id', 'x'],
      ['an id nobody has', '01990000-0000-7000-8000-000000000000'],
    ])('answers 404 for %s', async (_name, id) => {
      expect((await stack.as('agent').get(`/v1/inquiries/${id}`)).status).toBe(404);
      expect((await stack.as('agent').get(`/v1/inquiries/${id}/messages`)).status).toBe(404);
    });

    it('answers 404 to another tenant', async () => {
      const other = stack.as({ key: stack.other.keys.agent });
      for (const path of ['', '/messages', '/obligations/resolution/1/ledger']) {
        expect((await other.get(`/v1/inquiries/${delivery.inquiryId}${path}`)).status).toBe(404);
      }
      expect((await other.get(`/v1/conversations/${delivery.conversationId}`)).status).toBe(404);
    });

    it('is closed to agents of other queues', async () => {
      const { status } = await stack
        .as('supervisor')
        .post(`/v1/inquiries/${complaint.inquiryId}/assign`, { queue: 'supervisors' });
      expect(status).toBe(200);
      const refused = await stack.as('agent').get(`/v1/inquiries/${complaint.inquiryId}`);
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
      expect((await stack.as('agent').get(`/v1/conversations/${complaint.conversationId}`)).status).toBe(403);
      expect(ids((await stack.as('agent').get('/v1/inquiries')).body)).toEqual([delivery.inquiryId]);
      expect((await stack.as('auditor').get(`/v1/inquiries/${complaint.inquiryId}`)).status).toBe(200);
    });
  });

  describe('its messages', () => {
    it('come oldest first, page by page', async () => {
      const first = await stack.as('agent').get(`/v1/inquiries/${delivery.inquiryId}/messages?limit=1`);
      expect(first.body.items).toMatchObject([
        {
          direction: 'in',
          author: { kind: 'buyer', memberId: null },
          text: 'Oi, quando chega o meu pedido?',
          delivery: null,
        },
      ]);
      const rest = await stack
        .as('agent')
        .get(`/v1/inquiries/${delivery.inquiryId}/messages?cursor=${first.body.nextCursor}`);
      expect(rest.body.items).toMatchObject([
        { direction: 'out', author: { kind: 'automated' }, delivery: { state: 'available' } },
      ]);
      expect(rest.body.nextCursor).toBeNull();
    });

    it('come without text for roles that see none', async () => {
      const { status, body } = await stack.as('admin').get(`/v1/inquiries/${delivery.inquiryId}/messages`);
      expect(status).toBe(200);
      expect(body.items.map(({ text }: { text: string | null }) => text)).toEqual([null, null]);
    });
  });

  describe('the conversation', () => {
    it('is the whole history of a buyer with a shop', async () => {
      const agent = await offeredTo(stack, delivery.inquiryId);
      await agent.post(`/v1/inquiries/${delivery.inquiryId}/replies`, { text: 'Chega amanhã.', close: true });
      await eventually(
        () => stack.as('agent').get(`/v1/inquiries/${delivery.inquiryId}`),
        ({ body }) => body.state === 'closed',
      );
      const again = await stack.send({ text: 'E a nota fiscal?', buyer: 'marina', conversationId: 'c-marina' });
      expect(again.conversationId).toBe(delivery.conversationId);
      // Its deadlines move as it opens: whoever pages by them meanwhile may meet it twice.
      await eventually(
        () => stack.as('agent').get(`/v1/inquiries/${again.inquiryId}`),
        ({ body }) =>
          body.obligations.some(
            ({ name, state }: { name: string; state: string }) => name === 'acknowledge' && state === 'met',
          ),
      );
      const { body } = await stack.as('agent').get(`/v1/conversations/${delivery.conversationId}`);
      expect(body).toMatchObject({
        channel: 'webhook',
        buyer: { name: 'Marina Teles' },
        lastAgent: { name: expect.any(String) },
      });
      expect(ids({ items: body.inquiries })).toEqual([again.inquiryId, delivery.inquiryId]);
      const messages = await stack.as('agent').get(`/v1/conversations/${delivery.conversationId}/messages`);
      expect(messages.body.items.map(({ text }: { text: string }) => text)).toEqual(
        expect.arrayContaining(['Oi, quando chega o meu pedido?', 'Chega amanhã.', 'E a nota fiscal?']),
      );
      for (const sort of ['opened', 'due']) {
        const seen: string[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const page: ApiAnswer = await stack
            .as('agent')
            .get(`/v1/inquiries?limit=1&sort=${sort}${cursor === '' ? '' : `&cursor=${cursor}`}`);
          seen.push(...ids(page.body as { items: { id: string }[] }));
          cursor = page.body.nextCursor as string | null;
        }
        expect(seen).toEqual([again.inquiryId, delivery.inquiryId]);
      }
      const ended = await stack.as('agent').get('/v1/inquiries?sort=due&state=closed&state=archived');
      expect(ids(ended.body)).toEqual([delivery.inquiryId]);
      expect((await stack.as('agent').get(`/v1/inquiries/${again.inquiryId}`)).body.linked).toEqual({
        inquiryId: delivery.inquiryId,
        cause: 'reopened',
      });
    });

    it('knows what the buyer writes about, from where and since when', async () => {
      const { body } = await stack.as('agent').get(`/v1/conversations/${delivery.conversationId}/context`);
      expect(body).toMatchObject({
        orders: [],
        product: { id: 'MLB123', title: 'Chaleira elétrica', source: 'message', messageId: delivery.messageId },
      });
      expect(body.product.ageMs).toBeGreaterThanOrEqual(0);
      const ops = await stack.as('ops').get(`/v1/conversations/${delivery.conversationId}/context`);
      expect(ops.body.product).toMatchObject({ id: 'MLB123', title: null });
    });
  });

  describe('the buyer', () => {
    const buyerId = async (): Promise<string> =>
      (await stack.as('agent').get(`/v1/inquiries/${delivery.inquiryId}`)).body.buyerId as string;

    it('can be given a value and tags, against the version that was read', async () => {
      const path = `/v1/buyers/${await buyerId()}`;
      const before = await stack.as('agent').get(path);
      expect(before.body).toMatchObject({ name: 'Marina Teles', value: 0, tags: [], returning: true, blocked: false });
      expect((await stack.as('agent').patch(path, { value: 1_500 })).status).toBe(428);
      const changed = await stack
        .as('agent')
        .patch(
          path,
          { value: 1_500, tags: ['vip', 'vip'] },
          { headers: { 'if-match': before.headers.get('etag') ?? '' } },
        );
      expect([changed.status, changed.body.value, changed.body.tags]).toEqual([200, 1_500, ['vip']]);
      const stale = await stack
        .as('agent')
        .patch(path, { value: 1 }, { headers: { 'if-match': before.headers.get('etag') ?? '' } });
      expect([stale.status, stale.body.code]).toEqual([412, 'version_stale']);
      const { body } = await eventually(
        () => stack.as('auditor').get('/v1/audit-events?action=buyer.change'),
        (answer) => answer.body.items.length > 0,
      );
      expect(body.items[0]).toMatchObject({ before: { value: 0, tags: [] }, after: { value: 1_500, tags: ['vip'] } });
    });

    it.each([
      [{}, ''],
      [{ value: -1 }, '/value'],
      [{ name: 'Outro' }, ''],
    ])('refuses %j', async (change, pointer) => {
      const answer = await stack
        .as('agent')
        .patch(`/v1/buyers/${await buyerId()}`, change, { headers: { 'if-match': '*' } });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
    });

    it('is not blocked where the channel has no such thing, nor by those who answer nobody', async () => {
      const path = `/v1/buyers/${await buyerId()}`;
      for (const act of ['block', 'unblock']) {
        const answer = await stack.as('agent').post(`${path}/${act}`, {});
        expect([answer.status, answer.body.code]).toEqual([422, 'not_offered_by_channel']);
        expect((await stack.as('auditor').post(`${path}/${act}`, {})).status).toBe(403);
      }
      expect((await stack.as('agent').get(path)).body.blocked).toBe(false);
    });

    it('has no name for roles that see none, and cannot be changed by them', async () => {
      const path = `/v1/buyers/${await buyerId()}`;
      expect((await stack.as('ops').get(path)).body.name).toBeNull();
      expect((await stack.as('auditor').patch(path, { value: 1 }, { headers: { 'if-match': '*' } })).status).toBe(403);
    });
  });
});
