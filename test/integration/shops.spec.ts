import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auditOf } from '../support/audit-log.js';
import { eventually } from '../support/eventually.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('shops', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const newShop = (key: string, more: object = {}): object => ({ key, name: 'Loja Nova', channel: 'webhook', ...more });

  it('shows administrators everything but secrets, others the names', async () => {
    const full = await stack.as('admin').get(`/v1/shops/${stack.demo.shopId}`);
    expect(full.status).toBe(200);
    expect(full.body).toMatchObject({
      key: 'demo',
      name: 'Loja Aurora',
      channel: 'webhook',
      active: true,
      settings: { calendar: 'always', replyUrl: null, requestTimeout: '10s' },
      secrets: [{ expiresAt: null }],
    });
    expect(JSON.stringify(full.body)).not.toContain('whsec_');
    const names = await stack.as('supervisor').get('/v1/shops');
    expect(names.body).toEqual({
      items: [{ id: stack.demo.shopId, key: 'demo', name: 'Loja Aurora' }],
      nextCursor: null,
    });
  });

  it('creates a shop that takes messages with the secret shown once', async () => {
    const created = await stack
      .as('admin')
      .post('/v1/shops', newShop('first', { settings: { calendar: 'always', holdSeconds: 5 } }));
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/v1/shops/${created.body.id}`);
    expect(created.body).toMatchObject({ key: 'first', country: 'BR', settings: { holdSeconds: 5, settleTime: '5s' } });
    const { webhookSecret: secret, id: shopId } = created.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const answer = await stack.deliver(messageEvent(), { shopId, secret });
    expect(answer.status).toBe(202);
    const read = await stack.as('admin').get(`/v1/shops/${shopId}`);
    expect(JSON.stringify(read.body)).not.toContain(secret);
    expect((await auditOf(stack, 'shop.create')).at(-1)).toMatchObject({
      object: shopId,
      before: null,
      after: { key: 'first', holdSeconds: 5 },
    });
  });

  it('answers a repetition with the same shop and secret, and keeps the secret nowhere else', async () => {
    const again = { idempotencyKey: 'shop-twice' };
    const first = await stack.as('admin').post('/v1/shops', newShop('twice'), again);
    const second = await stack.as('admin').post('/v1/shops', newShop('twice'), again);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    const kept = await stack.superuser.query<{ response: Buffer }>(
      'select response from idempotency where response is not null',
    );
    expect(kept.rows.some(({ response }) => response.includes(first.body.webhookSecret))).toBe(false);
  });

  it.each([
    ['a taken key', newShop('demo'), 409, 'key_taken'],
    ['an unknown channel', { key: 'x', name: 'X', channel: 'pigeon' }, 400, 'request_invalid'],
    ['a key with capitals', newShop('Loja'), 400, 'request_invalid'],
    ['a country in words', newShop('x', { country: 'Brasil' }), 400, 'request_invalid'],
    ['a language in another spelling', newShop('x', { language: 'pt_br' }), 400, 'request_invalid'],
    ['a tenant of its own', newShop('x', { tenantId: '00000000-0000-4000-8000-000000000000' }), 400, 'request_invalid'],
    ['an unknown setting', newShop('x', { settings: { colour: 'red' } }), 400, 'request_invalid'],
    [
      'a reply address with a password',
      newShop('x', { settings: { replyUrl: 'https://a:b@example.com/' } }),
      400,
      'request_invalid',
    ],
    [
      'a reply address that is no web address',
      newShop('x', { settings: { replyUrl: 'file:///etc/passwd' } }),
      400,
      'request_invalid',
    ],
    [
      'a time-out longer than a send may take',
      newShop('x', { settings: { requestTimeout: '2h' } }),
      400,
      'request_invalid',
    ],
    ['an unknown calendar', newShop('x', { settings: { calendar: 'nowhere' } }), 422, 'reference_unknown'],
    ['a name with NUL', newShop('x', { name: 'a\u0000b' }), 400, 'request_invalid'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await stack.as('admin').post('/v1/shops', body);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
  });

  it('merges settings, counts versions and tells what changed', async () => {
    const { body: shop } = await stack
      .as('admin')
      .post('/v1/shops', newShop('merged', { settings: { holdSeconds: 9 } }));
    const changed = await stack
      .as('admin')
      .patch(
        `/v1/shops/${shop.id}`,
        { name: 'Outra', settings: { replyUrl: 'https://example.com/in?token=t0p' } },
        { headers: { 'if-match': '"1"' } },
      );
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(changed.body).toMatchObject({
      name: 'Outra',
      settings: { holdSeconds: 9, replyUrl: 'https://example.com/in?token=t0p' },
    });
    const [event] = (await auditOf(stack, 'shop.change')).filter(({ object }) => object === shop.id);
    expect(event).toMatchObject({
      before: { name: 'Loja Nova', replyUrl: null },
      after: { name: 'Outra', replyUrl: 'https://example.com/in' },
    });
    const cleared = await stack
      .as('admin')
      .patch(`/v1/shops/${shop.id}`, { settings: { replyUrl: null } }, { headers: { 'if-match': '"2"' } });
    expect(cleared.body).toMatchObject({ version: 3, settings: { holdSeconds: 9, replyUrl: null } });
  });

  it('does nothing for a change that changes nothing', async () => {
    const { body: shop } = await stack.as('admin').post('/v1/shops', newShop('still'));
    const same = await stack
      .as('admin')
      .patch(`/v1/shops/${shop.id}`, { name: shop.name }, { headers: { 'if-match': '*' } });
    expect(same.body.version).toBe(1);
    expect((await auditOf(stack, 'shop.change')).some(({ object }) => object === shop.id)).toBe(false);
  });

  it('takes no message while it is switched off', async () => {
    const { body: shop } = await stack.as('admin').post('/v1/shops', newShop('closed'));
    const deliver = (): Promise<Response> =>
      stack.deliver(messageEvent(), { shopId: shop.id, secret: shop.webhookSecret });
    expect((await deliver()).status).toBe(202);
    const set = (active: boolean, version: number) =>
      stack.as('admin').patch(`/v1/shops/${shop.id}`, { active }, { headers: { 'if-match': `"${version}"` } });
    await set(false, 1);
    expect((await deliver()).status).toBe(401);
    await set(true, 2);
    expect((await deliver()).status).toBe(202);
  });

  it('lets two secrets hold during a rotation, never three', async () => {
    const { body: shop } = await stack.as('admin').post('/v1/shops', newShop('rotated'));
    const rotate = (body: object = {}) => stack.as('admin').post(`/v1/shops/${shop.id}/secrets`, body);
    const deliver = async (secret: string): Promise<number> =>
      (await stack.deliver(messageEvent(), { shopId: shop.id, secret })).status;
    const second = await rotate();
    expect(second.status).toBe(201);
    expect(second.body.webhookSecret).not.toBe(shop.webhookSecret);
    expect(Date.parse(second.body.oldUntil) - Date.parse(second.body.createdAt)).toBe(86_400_000);
    expect([await deliver(shop.webhookSecret), await deliver(second.body.webhookSecret)]).toEqual([202, 202]);
    const third = await rotate({ keepOldFor: '0s' });
    expect(await deliver(third.body.webhookSecret)).toBe(202);
    expect([await deliver(shop.webhookSecret), await deliver(second.body.webhookSecret)]).toEqual([401, 401]);
    expect((await stack.as('admin').get(`/v1/shops/${shop.id}`)).body.secrets).toHaveLength(1);
    const events = (await auditOf(stack, 'shop.rotate_secret')).filter(({ object }) => object === shop.id);
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain('whsec_');
  });

  it('delivers with a new secret, of a new shop and of one whose secret has changed', async () => {
    const settled = (inquiryId: string) =>
      eventually(
        () => stack.superuser.query<{ state: string }>('select state from delivery where inquiry_id = $1', [inquiryId]),
        ({ rows }) => rows.some(({ state }) => state === 'available'),
      );
    const { body: shop } = await stack
      .as('admin')
      .post('/v1/shops', newShop('talking', { settings: { calendar: 'always' } }));
    const ask = async (secret: string): Promise<string> => {
      const answer = await stack.deliver(messageEvent({ text: 'Bom dia, tem na cor azul?' }), {
        shopId: shop.id,
        secret,
      });
      return ((await answer.json()) as { inquiryId: string }).inquiryId;
    };
    await settled(await ask(shop.webhookSecret));
    const { body: rotated } = await stack.as('admin').post(`/v1/shops/${shop.id}/secrets`, { keepOldFor: '0s' });
    await settled(await ask(rotated.webhookSecret));
  }, 20_000);

  it('signs with both secrets while they change, so that the other side may be the last to know', async () => {
    const received: (string | undefined)[] = [];
    const listener = createServer((request, response) => {
      received.push(request.headers['webhook-signature'] as string | undefined);
      response.end('{}');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const replyUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    const { body: shop } = await stack
      .as('admin')
      .post('/v1/shops', newShop('signing', { settings: { replyUrl, calendar: 'always' } }));
    await stack.as('admin').post(`/v1/shops/${shop.id}/secrets`, {});
    await stack.deliver(messageEvent(), { shopId: shop.id, secret: shop.webhookSecret });
    const [signatures] = await eventually(
      () => Promise.resolve(received),
      (all) => all.length > 0,
    );
    expect(signatures?.split(' ')).toHaveLength(2);
    await new Promise((resolve) => listener.close(resolve));
  }, 20_000);
});
