import { randomUUID } from 'node:crypto';
import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('quarantine', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const admin = () => stack.as('admin');
  const newest = async (): Promise<ApiAnswer['body']> => (await admin().get('/v1/quarantine?limit=1')).body.items[0];

  /** Puts another body into a kept delivery: what a fix on our side would make readable. */
  async function keep(body: string): Promise<string> {
    await stack.deliver({ type: 'message.received', data: { messageId: randomUUID() } });
    const { id } = await newest();
    const place = { owner: 'tenant', table: 'quarantine', column: 'body', row: id as string } as const;
    const keys = await stack.database.tenant(stack.demo.tenantId, (tx) => stack.runtime.vault.unlock(tx));
    await stack.superuser.query('update quarantine set body = $2 where id = $1', [id, keys.seal(place, body)]);
    return id as string;
  }

  it('lists what could not be read and why, without what was written', async () => {
    const bad = { type: 'message.received', data: { messageId: 'm-1', text: 'Meu CPF é segredo' } };
    expect((await stack.deliver(bad)).status).toBe(400);
    const kept = await newest();
    expect(kept).toMatchObject({
      shopId: stack.demo.shopId,
      channel: 'webhook',
      replayedAt: null,
      problem: { code: 'payload_invalid' },
    });
    expect(kept.problem.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain('/data/conversationId');
    expect(JSON.stringify(kept)).not.toContain('segredo');
  });

  it('has what comes again once: a channel that was not heard sends it twice', async () => {
    const count = async (): Promise<number> => (await admin().get('/v1/quarantine?limit=100')).body.items.length;
    const bad = { type: 'message.received', data: { messageId: 'm-twice' } };
    const before = await count();
    for (const id of ['w-first', 'w-second']) expect((await stack.deliver(bad, { id })).status).toBe(400);
    expect(await count()).toBe(before + 1);
  });

  it('says again what is wrong when it still cannot be read', async () => {
    const id = await keep('{"type":"message.received","data":{"messageId":"m-2"}}');
    const answer = await admin().post(`/v1/quarantine/${id}/replay`);
    expect([answer.status, answer.body.code]).toEqual([422, 'meaning_invalid']);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect((await newest()).replayedAt).toBeNull();
    const list = await admin().get('/v1/quarantine');
    expect(list.body.items.filter((item: { id: string }) => item.id === id)).toHaveLength(1);
  });

  it('accepts it after the fix, like the webhook, and only once', async () => {
    const id = await keep(JSON.stringify(messageEvent({ text: 'Oi, cadê meu pedido?', messageId: 'm-fixed' })));
    const [first, second] = [
      await admin().post(`/v1/quarantine/${id}/replay`),
      await admin().post(`/v1/quarantine/${id}/replay`),
    ];
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ duplicate: false });
    expect(second.body).toEqual({ ...first.body, duplicate: true });
    const messages = await stack.superuser.query('select 1 from message where inquiry_id = $1 and direction = $2', [
      first.body.inquiryId,
      'in',
    ]);
    expect(messages.rowCount).toBe(1);
    expect(
      (await admin().get('/v1/quarantine?replayed=true')).body.items.map((item: { id: string }) => item.id),
    ).toEqual([id]);
    expect(
      (await admin().get('/v1/quarantine?replayed=false')).body.items.some((item: { id: string }) => item.id === id),
    ).toBe(false);
    expect((await auditOf(stack, 'quarantine.replay'))[0]).toMatchObject({
      object: id,
      after: { inquiryId: first.body.inquiryId },
    });
  });

  it('waits for the shop to be switched on', async () => {
    const { body: shop } = await admin().post('/v1/shops', { key: 'dark', name: 'Dark', channel: 'webhook' });
    await stack.deliver({ type: 'nonsense' }, { shopId: shop.id, secret: shop.webhookSecret });
    const { id } = await newest();
    await admin().patch(`/v1/shops/${shop.id}`, { active: false }, { headers: { 'if-match': '*' } });
    const answer = await admin().post(`/v1/quarantine/${id}/replay`);
    expect([answer.status, answer.body.detail]).toEqual([422, 'The shop is switched off.']);
  });

  it('reads a long list in pages, newest first', async () => {
    for (let index = 0; index < 4; index += 1) await stack.deliver({ type: `nonsense-${index}` });
    const all = (await admin().get('/v1/quarantine')).body.items as { id: string; receivedAt: string }[];
    expect(all.map(({ receivedAt }) => receivedAt)).toEqual(
      all
        .map(({ receivedAt }) => receivedAt)
        .sort()
        .reverse(),
    );
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await admin().get(`/v1/quarantine?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`);
      pages.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor as string | null;
    } while (cursor !== null);
    expect(pages).toEqual(all.map(({ id }) => id));
  });
});
