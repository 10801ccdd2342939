import { setTimeout as sleep } from 'node:timers/promises';
import { countEngine } from '../support/engine-history.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('the main path', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const outbox = async (): Promise<{ data: Record<string, unknown> }[]> =>
    (await stack.as(null).get('/demo/outbox')).body.items as { data: Record<string, unknown> }[];

  /** The demo agent the inquiry's task was offered to. */
  const offered = async (inquiryId: string): Promise<'agent' | 'agent2'> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query('select m.key from task t join member m on m.id = t.offered_to where t.inquiry_id = $1', [
          inquiryId,
        ]),
      (result) => result.rows.length > 0,
    );
    return rows[0].key as 'agent' | 'agent2';
  };

  it('goes from a signed message to an answer and a close, within 22 events and 8 actions', async () => {
    const { inquiryId, duplicate } = await stack.send({
      text: 'Boa tarde, quando chega o meu pedido?',
      name: 'Marina Teles',
    });
    expect(duplicate).toBe(false);
    await eventually(outbox, (items) => items.length === 1);
    const agent = stack.as(await offered(inquiryId));
    await sleep(500);
    const reply = await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Chega amanhã.' });
    expect(reply.status).toBe(202);
    expect(reply.body).toMatchObject({ state: 'queued' });
    const items = await eventually(outbox, (list) => list.length === 2);
    expect(items[1]?.data).toMatchObject({ text: 'Chega amanhã.', author: 'human', intentId: reply.body.intentId });
    await sleep(500);
    const close = await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    expect(close.status).toBe(200);
    expect(close.body).toMatchObject({ state: 'closed' });
    await sleep(300);
    const count = await countEngine(stack, inquiryId);
    expect(count.events).toBeLessThanOrEqual(22);
    expect(count.actions).toBeLessThanOrEqual(8);
  });

  it('tells threads that everybody can read from others', async () => {
    await publish(
      stack,
      `
atende: 1
key: threads
title: Threads
steps:
  - { id: which, choose: [{ when: 'conversation.thread.public', goto: open }], goto: reply }
  - { id: open, set: { tags: [open] } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`,
    );
    const tagsOf = async (isPublic: boolean): Promise<unknown> => {
      const thread = { id: `t-${isPublic}`, answers: 'many', public: isPublic };
      const { inquiryId } = await stack.send({ buyer: `thread-${isPublic}`, thread });
      const { body } = await eventually(
        () => stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
        (answer) => answer.body.step === 'reply',
      );
      return body.tags;
    };
    expect([await tagsOf(true), await tagsOf(false)]).toEqual([['open'], []]);
  }, 30_000);
});
