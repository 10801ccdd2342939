import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../support/eventually.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

describe('accepting', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const count = async (sql: string, params: unknown[] = []): Promise<number> =>
    Number((await stack.superuser.query(`select count(*)::int as n from ${sql}`, params)).rows[0].n);

  it('makes ten messages and one inquiry of any thousand deliveries of the same ten messages', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 115, maxLength: 115 }),
        fc.integer({ min: 1, max: 8 }),
        async (schedule, parallel) => {
          const buyer = `redelivered-${(runs += 1)}`;
          const events = Array.from({ length: 10 }, (_, index) =>
            messageEvent({ buyer, messageId: `${buyer}-${index}` }),
          );
          const ids = new Map<number, Accepted>();
          const deliver = async (index: number): Promise<void> => {
            const response = await stack.deliver(events[index]);
            expect(response.status).toBe(202);
            const accepted = (await response.json()) as Accepted;
            const first = ids.get(index) ?? accepted;
            ids.set(index, first);
            expect({ ...accepted, duplicate: null }).toEqual({ ...first, duplicate: null });
          };
          const whole = [...schedule, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
          for (let from = 0; from < whole.length; from += parallel) {
            await Promise.all(whole.slice(from, from + parallel).map(deliver));
          }
          expect(new Set([...ids.values()].map(({ messageId }) => messageId)).size).toBe(10);
          expect(new Set([...ids.values()].map(({ inquiryId }) => inquiryId)).size).toBe(1);
          const [{ inquiryId, conversationId } = { inquiryId: '', conversationId: '' }] = [...ids.values()];
          expect(await count(`message where conversation_id = $1 and direction = 'in'`, [conversationId])).toBe(10);
          expect(await count('inquiry where conversation_id = $1', [conversationId])).toBe(1);
          await eventually(
            () => count('inbox where inquiry_id = $1 and applied_at is null', [inquiryId]),
            (open) => open === 0,
          );
          const { rows } = await stack.superuser.query(
            `select m.id from event e, jsonb_array_elements(e.entries) x, message m
              where e.inquiry_id = $1 and x->>'kind' = 'message.received' and m.id::text = x->'data'->>'messageId'
              order by e.seq, m.position`,
            [inquiryId],
          );
          const inOrder = await stack.superuser.query(
            `select id from message where conversation_id = $1 and direction = 'in' order by position`,
            [conversationId],
          );
          expect(rows).toEqual(inOrder.rows);
        },
      ),
      { numRuns: 8 },
    );
    expect(runs).toBeGreaterThanOrEqual(8);
  }, 120_000);

  it.each([
    ['no signature', { headers: { 'webhook-signature': '' } }],
    ['a signature of another secret', { secret: `whsec_${Buffer.alloc(32, 3).toString('base64')}` }],
    ['a time stamp six minutes old', { at: new Date(Date.now() - 6 * 60_000) }],
    ['a time stamp six minutes ahead', { at: new Date(Date.now() + 6 * 60_000) }],
    ['an unknown shop', { shopId: '018f0000-0000-7000-8000-000000000001' }],
    ['no shop at all', { shopId: 'nonsense' }],
  ])('answers 401 alike to %s', async (_name, options) => {
    const response = await stack.deliver(messageEvent(), options);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code: 'signature_invalid', status: 401 });
  });

  it('takes two secrets during a rotation, and one signature of several', async () => {
    const old = stack.demo.webhookSecret;
    const fresh = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    await stack.database.tenant(stack.demo.tenantId, async (tx) => {
      const id = '018f0000-0000-7000-8000-0000000000aa';
      const place = { owner: 'tenant', table: 'shop_secret', column: 'secret', row: id } as const;
      const keys = await stack.runtime.vault.unlock(tx);
      return tx.run('insert into shop_secret (tenant_id, id, shop_id, secret) values ($1, $2, $3, $4)', [
        tx.tenantId,
        id,
        stack.demo.shopId,
        keys.seal(place, fresh),
      ]);
    });
    await eventually(
      () => stack.deliver(messageEvent(), { secret: fresh }),
      ({ status }) => status === 202,
      3_000,
    );
    expect((await stack.deliver(messageEvent(), { secret: old })).status).toBe(202);
    const body = JSON.stringify(messageEvent());
    const at = new Date();
    const foreign = new Webhook(`whsec_${Buffer.alloc(32, 4).toString('base64')}`).sign('w-x', at, body);
    const own = new Webhook(fresh).sign('w-x', at, body);
    const response = await stack.deliver(null, {
      raw: body,
      id: 'w-x',
      at,
      headers: { 'webhook-signature': `${foreign} ${own}` },
    });
    expect(response.status).toBe(202);
  });

  it('answers 413 to more than 256 KiB and stores nothing', async () => {
    const response = await stack.deliver(messageEvent({ text: 'x'.repeat(300_000) }));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
  });

  it.each([
    ['no JSON', 'no json {', ''],
    ['an unknown type', JSON.stringify({ type: 'message.unknown', data: {} }), '/type'],
    [
      'a missing id',
      JSON.stringify({
        type: 'message.received',
        data: { conversationId: 'c', sentAt: new Date().toISOString(), buyer: { id: 'b' }, text: 'x' },
      }),
      '/data/messageId',
    ],
    [
      'a time without zone',
      JSON.stringify({
        type: 'message.received',
        data: { messageId: 'm', conversationId: 'c', sentAt: '2026-11-22T12:00:00', buyer: { id: 'b' }, text: 'x' },
      }),
      '/data/sentAt',
    ],
    ['an array', '[]', ''],
    ['null', 'null', ''],
  ])('answers 400 to %s, with the place, and keeps the body in quarantine', async (_name, raw, pointer) => {
    const before = await count('quarantine');
    const response = await stack.deliver(null, { raw });
    expect(response.status).toBe(400);
    const body = (await response.json()) as { code: string; errors: { pointer: string }[] };
    expect(body.code).toBe('payload_invalid');
    expect(body.errors.map((error) => error.pointer)).toContain(pointer);
    expect(await count('quarantine')).toBe(before + 1);
  });

  it.each([
    ['NUL', 'antes\u0000depois'],
    ['a lone surrogate', 'antes \ud83d depois'],
    ['64 kB of combining marks', `e${'\u0301'.repeat(32_000)}`],
    ['right-to-left marks', 'abc \u202edef\u202c \u200f'],
    ['nothing but spaces', '   '],
  ])('stores %s unharmed', async (_name, text) => {
    const { messageId, inquiryId } = await stack.send({ text });
    const { rows } = await stack.superuser.query('select text from message where id = $1', [messageId]);
    const place = { owner: { case: inquiryId }, table: 'message', column: 'text', row: messageId };
    const { vault, database } = stack.runtime;
    const keys = await database.tenant(stack.demo.tenantId, (tx) => vault.unlock(tx, { cases: [inquiryId] }));
    expect(keys.open(place, rows[0].text)).toBe(text);
  });

  it('opens an inquiry of its own for each question of a thread that takes one answer', async () => {
    const buyer = 'asks-twice';
    const one = await stack.send({ buyer, thread: { id: 'q-1', answers: 'one', public: true } });
    const two = await stack.send({ buyer, thread: { id: 'q-2', answers: 'one', public: true } });
    const chat = await stack.send({ buyer });
    expect(new Set([one.inquiryId, two.inquiryId, chat.inquiryId]).size).toBe(3);
    expect(new Set([one.conversationId, two.conversationId, chat.conversationId]).size).toBe(1);
  });

  it('tells questions from what is written about orders, and both from what the platform reports', async () => {
    const inquiryOf = async (event: unknown): Promise<string> =>
      ((await (await stack.deliver(event)).json()) as Accepted).inquiryId ?? '';
    const message = (given: object) => messageEvent({ buyer: `kind-${randomUUID()}`, ...given });
    const reported = { eventId: randomUUID(), conversationId: randomUUID(), name: 'claim_opened' };
    const opened = {
      inquiry: [await inquiryOf(message({})), await inquiryOf(message({ about: { kind: 'product', id: 'p-1' } }))],
      order: [
        await inquiryOf(message({ about: { kind: 'order', id: 'o-1' } })),
        await inquiryOf(message({ category: 'order' })),
      ],
      notice: [
        await inquiryOf({ type: 'platform.event', data: { ...reported, at: new Date().toISOString() } }),
        await inquiryOf(message({ category: 'notice' })),
      ],
    };
    const supervisor = stack.as('supervisor');
    for (const [category, ids] of Object.entries(opened)) {
      const { body } = await supervisor.get(`/v1/inquiries?category=${category}&limit=200`);
      const items = body.items as { id: string; category: string }[];
      expect(new Set(items.map((item) => item.category))).toEqual(new Set([category]));
      expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
      for (const id of ids) expect((await supervisor.get(`/v1/inquiries/${id}`)).body).toMatchObject({ category });
    }
    expect((await supervisor.get('/v1/inquiries?category=other')).status).toBe(400);
  });

  it('takes no second answer in a thread that takes one, although only the first was ever told', async () => {
    const opened = async (thread: object): Promise<boolean> => {
      const conversationId = `c-${randomUUID()}`;
      const data = { messageId: randomUUID(), conversationId, sentAt: new Date().toISOString(), text: 'Sim.', thread };
      const { inquiryId } = (await (await stack.deliver({ type: 'reply.external', data })).json()) as Accepted;
      const sql = 'select one_answer as "oneAnswer" from inquiry where id = $1';
      return (await stack.superuser.query<{ oneAnswer: boolean }>(sql, [inquiryId])).rows[0]?.oneAnswer ?? false;
    };
    expect([await opened({ id: 'q-3', answers: 'one' }), await opened({ id: 'q-4' })]).toEqual([true, false]);
  });

  it('never believes a message from the future, and lets nothing automatic follow from an old one', async () => {
    const ahead = await stack.send({ sentAt: new Date(Date.now() + 3_600_000).toISOString() });
    const { rows } = await stack.superuser.query('select sent_at <= received_at as past from message where id = $1', [
      ahead.messageId,
    ]);
    expect(rows[0].past).toBe(true);
    const old = await stack.send({ sentAt: new Date(Date.now() - 25 * 3_600_000).toISOString() });
    await eventually(
      () =>
        stack.superuser
          .query('select state from inquiry where id = $1', [old.inquiryId])
          .then((result) => result.rows[0]),
      (row) => row.state !== null,
    );
    expect(await count(`message where inquiry_id = $1 and direction = 'out'`, [old.inquiryId])).toBe(0);
  });

  it('keeps two tenants with the same ids apart', async () => {
    const event = messageEvent({ messageId: 'same', buyer: 'same', conversationId: 'same' });
    const here = (await (await stack.deliver(event)).json()) as Accepted;
    const there = (await (
      await stack.deliver(event, { shopId: stack.other.shopId, secret: stack.other.webhookSecret })
    ).json()) as Accepted;
    expect(there.duplicate).toBe(false);
    expect(there.inquiryId).not.toBe(here.inquiryId);
    expect((await stack.deliver(event, { shopId: stack.other.shopId })).status).toBe(401);
  });

  it('attaches answers from elsewhere and platform events, and answers to what it does not know', async () => {
    const { inquiryId, conversationId } = await stack.send({ buyer: 'told', conversationId: 'c-told' });
    const external = {
      type: 'reply.external',
      data: {
        messageId: 'x-1',
        conversationId: 'c-told',
        sentAt: new Date().toISOString(),
        text: 'Já respondi no painel',
      },
    };
    const first = (await (await stack.deliver(external)).json()) as Accepted;
    expect(first).toMatchObject({ inquiryId, conversationId, duplicate: false });
    expect(await (await stack.deliver(external)).json()).toEqual({ ...first, duplicate: true });
    const event = {
      type: 'platform.event',
      data: { eventId: 'e-1', conversationId: 'c-told', name: 'order_shipped', at: new Date().toISOString() },
    };
    expect(await (await stack.deliver(event)).json()).toMatchObject({ inquiryId, duplicate: false });
    expect(await (await stack.deliver(event)).json()).toMatchObject({ inquiryId, duplicate: true });
    const unknown = { type: 'message.status', data: { externalId: 'never-seen', status: 'available' } };
    expect((await stack.deliver(unknown)).status).toBe(202);
    expect((await stack.deliver({ type: 'buyer.typing', data: { conversationId: 'c-told' } })).status).toBe(202);
    const opened = (await (
      await stack.deliver({
        type: 'platform.event',
        data: { eventId: 'e-2', conversationId: 'c-never', name: 'claim_opened', at: new Date().toISOString() },
      })
    ).json()) as Accepted;
    expect(opened.inquiryId).toMatch(/^[0-9a-f-]{36}$/);
  });
});
