import type { ApiAnswer } from '../support/api.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const REFUND = (expires: string): string => `
atende: 1
key: refund
title: Refund
steps:
  - { id: person, assign: { queue: sales-br, strategy: manual } }
  - id: refund
    task:
      kind: form
      fields: { amount: number, pixKey: { type: string, personal: true }, since: { type: timestamp, optional: true } }
      outcomes: [grant, deny]
      expires: ${expires}
    on: { grant: which, deny: look, expired: late }
  - { id: which, choose: [ { when: 'data.refund.amount > 100.0', goto: big } ], goto: look }
  - { id: big, set: { tags: [big] }, goto: look }
  - { id: late, set: { tags: [late] } }
  - { id: look, task: { kind: triage }, on: { done: close } }
  - { id: close, close: {} }
`;

const PIX = 'joana.prado@example.com';

describe('a form', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
    await publish(stack, REFUND('2d'));
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const task = async (inquiryId: string, kind: string): Promise<string> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query('select id from task where inquiry_id = $1 and kind = $2 and ended_at is null', [
          inquiryId,
          kind,
        ]),
      (found) => found.rows.length === 1,
      20_000,
    );
    return rows[0].id as string;
  };

  const complete = (id: string, body: object): Promise<ApiAnswer> =>
    stack.as('agent').post(`/v1/tasks/${id}/complete`, body);

  it('tells what it asks for, names what is missing, and leads on by what was filled in', async () => {
    const { inquiryId } = await stack.send();
    const id = await task(inquiryId, 'form');
    const { body: claimed } = await stack.as('agent').post(`/v1/tasks/${id}/claim`);
    expect(claimed.form.fields.map(({ name }: { name: string }) => name)).toEqual(['amount', 'pixKey', 'since']);
    expect(claimed.actions).toEqual([
      { name: 'grant', needs: ['amount', 'pixKey'] },
      { name: 'deny', needs: ['amount', 'pixKey'] },
      { name: 'hand_over', needs: ['to'] },
    ]);
    const { token } = claimed as { token: number };

    const missing = await complete(id, { action: 'grant', token, pixKey: PIX, since: 'soon' });
    expect([missing.status, missing.body.code]).toEqual([422, 'form_invalid']);
    expect(missing.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/amount', '/since']);
    expect((await complete(id, { action: 'send', token, text: 'Oi' })).body.code).toBe('meaning_invalid');
    expect((await complete(id, { action: 'grant', token: -1, amount: 1, pixKey: PIX })).status).toBe(400);

    const filled = { action: 'grant', token, amount: 120, pixKey: PIX, since: '2026-11-23T10:00:00-03:00' };
    const done = await complete(id, filled);
    expect([done.status, done.body]).toEqual([200, { outcome: 'grant' }]);
    const { body: seen } = await stack.as('agent').get(`/v1/inquiries/${inquiryId}`);
    expect(seen).toMatchObject({
      tags: ['big'],
      step: 'look',
      data: { refund: { amount: 120, pixKey: PIX, since: Date.UTC(2026, 10, 23, 13) } },
    });
    const { body: audited } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}`);
    expect(audited.data).toEqual({ refund: { ...seen.data.refund, pixKey: '[personal]' } });
    const replayed = await stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`);
    expect(replayed.body).toMatchObject({ same: true });
  }, 30_000);

  it('leaves what was filled in nowhere in the clear', async () => {
    const { inquiryId } = await stack.send();
    const id = await task(inquiryId, 'form');
    const { body: claimed } = await stack.as('agent').post(`/v1/tasks/${id}/claim`);
    expect((await complete(id, { action: 'deny', token: claimed.token, amount: 1, pixKey: PIX })).status).toBe(200);
    const { rows } = await stack.superuser.query(
      `select (select string_agg(to_jsonb(i)::text, '') from inquiry i where i.id = $1)
           || (select string_agg(to_jsonb(e)::text, '') from event e where e.inquiry_id = $1)
           || (select string_agg(to_jsonb(b)::text, '') from inbox b where b.inquiry_id = $1)
           || (select string_agg(to_jsonb(c)::text, '') from command c where c.inquiry_id = $1)
           || (select string_agg(to_jsonb(a)::text, '') from audit_event a where a.inquiry_id = $1) as stored`,
      [inquiryId],
    );
    expect(rows[0].stored).toContain('form.filled');
    expect(rows[0].stored).not.toContain(PIX);
    const { body } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    expect(JSON.stringify(body)).not.toContain(PIX);
  }, 30_000);

  it('that nobody fills in expires by itself, and whoever comes too late is told', async () => {
    await publish(stack, REFUND('2s'));
    const { inquiryId } = await stack.send();
    const id = await task(inquiryId, 'form');
    const { body: claimed } = await stack.as('agent').post(`/v1/tasks/${id}/claim`);
    await task(inquiryId, 'triage');
    const late = await complete(id, { action: 'deny', token: claimed.token, amount: 1, pixKey: PIX });
    expect([late.status, late.body.code]).toEqual([409, 'task_ended']);
    const { body } = await stack.as('agent').get(`/v1/tasks/${id}`);
    expect(body).toMatchObject({ state: 'expired', outcome: 'expired' });
    expect((await stack.as('agent').get(`/v1/inquiries/${inquiryId}`)).body.tags).toEqual(['late']);
  }, 30_000);
});
