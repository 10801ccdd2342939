import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const CLAIM = `
atende: 1
key: claim
title: Claim
events: { claim_closed: { result: string, amount: number } }
steps:
  - { id: claim, wait: { for: [event:claim_closed], until: 2d, as: waiting_platform }, on: { claim_closed: which, timeout: close } }
  - { id: which, choose: [ { when: 'data.claim_closed.amount > 100.0', goto: big } ], goto: look }
  - { id: big, set: { tags: [big] } }
  - { id: look, task: { kind: triage }, on: { done: again } }
  - { id: again, wait: { for: [event:claim_closed], until: 2d }, on: { claim_closed: close, timeout: close } }
  - { id: close, close: {} }
`;

const RESULT = 'Devolvido a Joana Prado';

describe('events of a platform', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
    await publish(stack, CLAIM);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const atStep = (inquiryId: string, step: string) =>
    eventually(
      () => stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) => body.step === step,
      20_000,
    );

  it('end the wait for them with what they bring, and one that comes early is kept', async () => {
    const { inquiryId } = await stack.send({ buyer: 'claim', conversationId: 'c-claim' });
    expect((await atStep(inquiryId, 'claim')).body.state).toBe('waiting_platform');
    const event = {
      type: 'platform.event',
      data: {
        eventId: 'e1',
        conversationId: 'c-claim',
        name: 'claim_closed',
        at: new Date().toISOString(),
        data: { result: RESULT, amount: 120, nested: { ignored: true } },
      },
    };
    expect((await stack.deliver(event)).status).toBe(202);
    const { body } = await atStep(inquiryId, 'look');
    expect(body).toMatchObject({ tags: ['big'], data: { claim_closed: { result: RESULT, amount: 120 } } });
    await stack.deliver(event);

    const early = { name: 'claim_closed', data: { result: 'twice' } };
    expect((await stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/events`, early)).status).toBe(200);
    const { body: tasks } = await stack.as('agent').get(`/v1/tasks?inquiry=${inquiryId}`);
    const { body: claimed } = await stack.as('agent').post(`/v1/tasks/${tasks.items[0].id}/claim`);
    const done = { action: 'done', token: claimed.token, intent: 'other', urgency: 'low', queue: 'sales-br' };
    expect((await stack.as('agent').post(`/v1/tasks/${claimed.id}/complete`, done)).status).toBe(200);
    expect((await atStep(inquiryId, 'close')).body.data).toEqual({ claim_closed: { result: 'twice' } });

    const { rows } = await stack.superuser.query(
      `select (select string_agg(to_jsonb(i)::text, '') from inquiry i where i.id = $1)
           || (select string_agg(to_jsonb(e)::text, '') from event e where e.inquiry_id = $1)
           || (select string_agg(to_jsonb(b)::text, '') from inbox b where b.inquiry_id = $1) as stored`,
      [inquiryId],
    );
    expect(rows[0].stored).not.toContain('Joana');
    const { body: history } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    const told = history.items.filter(({ kind }: { kind: string }) => kind === 'platform.event');
    expect(told.map(({ data }: { data: { changed: unknown } }) => data.changed)).toEqual([
      { data: { claim_closed: { result: RESULT, amount: 120 } } },
      { data: { claim_closed: { result: 'twice' } } },
    ]);
    const replayed = await stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`);
    expect(replayed.body).toMatchObject({ same: true });
  }, 40_000);

  it('steer a recorded inquiry that is run once more, and their words are not shown', async () => {
    const day = 86_400_000;
    const inquiries = {
      openedFrom: new Date(Date.now() - day).toISOString(),
      openedTo: new Date(Date.now() + day).toISOString(),
    };
    const { status, body } = await stack
      .as('ops')
      .post('/v1/definitions/claim/simulate', { version: 1, inquiries }, { idempotencyKey: null });
    expect(status).toBe(200);
    const timeline = body.runs[0].timeline as { kind: string; data: { goto?: string } }[];
    expect(timeline.filter(({ kind }) => kind === 'step.chosen').map(({ data }) => data.goto)).toEqual(['big']);
    expect(JSON.stringify(body)).not.toContain('Joana');
  }, 20_000);
});
