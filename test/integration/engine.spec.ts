import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { decide } from '../../src/domain/inquiry/decide.js';
import { InquiryEngine, workflowIdOf } from '../../src/modules/inquiry/index.js';
import { publish, QUICK } from '../support/definitions.js';
import { countEngine } from '../support/engine-history.js';
import { eventually } from '../support/eventually.js';
import { obligation, offeredTo } from '../support/people.js';
import { startStack, testServers } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const run = promisify(execFile);

/** What the payloads in a printed history hold. */
async function payloadsOf(print: () => Promise<string>): Promise<string[]> {
  const found = (await print()).matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g);
  return [...found].map(([, data]) => Buffer.from(data ?? '', 'base64').toString('utf8'));
}

describe('the engine', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const inquiry = async (id: string): Promise<Record<string, unknown>> =>
    (await stack.superuser.query('select * from inquiry where id = $1', [id])).rows[0] as Record<string, unknown>;

  const outboundOf = async (id: string): Promise<{ delivery_state: string; author: string }[]> =>
    (
      await stack.superuser.query(
        `select author, delivery_state from message where inquiry_id = $1 and direction = 'out' order by position`,
        [id],
      )
    ).rows;

  const acknowledged = (id: string): Promise<unknown> =>
    eventually(
      () => outboundOf(id),
      (rows) => rows[0]?.delivery_state === 'available',
    );

  const entries = async (id: string): Promise<{ kind: string; data: Record<string, unknown> }[]> =>
    (
      await stack.superuser.query(
        `select x->>'kind' as kind, x->'data' as data from event e, jsonb_array_elements(e.entries) with ordinality as t (x, n)
          where e.inquiry_id = $1 order by e.seq, n`,
        [id],
      )
    ).rows;

  it('stays within 22 events and 8 actions for message, acknowledgement, reply and close', async () => {
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    const agent = await offeredTo(stack, inquiryId);
    await sleep(300);
    expect((await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Chega amanhã.' })).status).toBe(202);
    await eventually(
      () => outboundOf(inquiryId),
      (rows) => rows[1]?.delivery_state === 'available',
    );
    await sleep(300);
    const close = await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    expect([close.status, close.body.state]).toEqual([200, 'closed']);
    await sleep(300);
    const { events, actions } = await countEngine(stack, inquiryId);
    expect(events).toBeLessThanOrEqual(22);
    expect(actions).toBeLessThanOrEqual(8);
    expect(events).toBeGreaterThan(15);
  }, 30_000);

  it('stays within 28 events and 10 actions when the reminder fires', async () => {
    // The deadline itself is far away, so that it stays one level however late the reminder is on a busy machine.
    await publish(stack, QUICK.replace('first_response: { within: 3s', 'first_response: { within: 15m'));
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    const agent = await offeredTo(stack, inquiryId);
    await eventually(
      () => entries(inquiryId),
      (list) => list.some(({ kind }) => kind === 'level.fired'),
    );
    expect((await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Chega amanhã.' })).status).toBe(202);
    await eventually(
      () => outboundOf(inquiryId),
      (rows) => rows[1]?.delivery_state === 'available',
    );
    await sleep(1_500);
    expect((await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' })).body.state).toBe('closed');
    await sleep(300);
    const { events, actions } = await countEngine(stack, inquiryId);
    expect([events <= 28, actions <= 10, `${events}/${actions}`]).toEqual([true, true, expect.any(String)]);
    const fired = (await entries(inquiryId)).filter(({ kind }) => kind === 'level.fired');
    expect(fired).toHaveLength(1);
    expect(Number(fired[0]?.data['lateMs'])).toBeLessThan(10_000);
  }, 30_000);

  it('fires every level once, near its instant, when nobody answers', async () => {
    await publish(stack, QUICK);
    const { inquiryId } = await stack.send();
    await eventually(
      () => obligation(stack, inquiryId, 'first_response'),
      (row) => row?.state === 'breached_open',
      10_000,
    );
    await eventually(
      () => inquiry(inquiryId),
      (row) => row['urgency'] === 'high',
    );
    const fired = (await entries(inquiryId))
      .filter(({ kind }) => kind === 'level.fired')
      .map(({ data }) => data['level']);
    expect(fired).toEqual([1, 2]);
    const notices = await stack.superuser.query('select kind from notification where inquiry_id = $1', [inquiryId]);
    expect(notices.rowCount).toBeGreaterThanOrEqual(2);
  }, 30_000);

  it('sends once for twenty replies with the same key, and refuses the key for another body', async () => {
    const { inquiryId } = await stack.send();
    const agent = await offeredTo(stack, inquiryId);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Uma vez só.' }, { idempotencyKey: key }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await eventually(
      () => outboundOf(inquiryId),
      (rows) => rows.filter(({ author }) => author === 'human').length === 1,
    );
    const again = await agent.post(
      `/v1/inquiries/${inquiryId}/replies`,
      { text: 'Uma vez só.' },
      { idempotencyKey: key },
    );
    expect(again.body).toMatchObject({ messageId: answers[0]?.body.messageId });
    expect(
      (await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Outra coisa.' }, { idempotencyKey: key })).body,
    ).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
    expect(
      (await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'x' }, { idempotencyKey: null })).body,
    ).toMatchObject({
      status: 400,
      code: 'idempotency_key_missing',
    });
    expect((await outboundOf(inquiryId)).filter(({ author }) => author === 'human')).toHaveLength(1);
  }, 30_000);

  it('tells the story in Temporal’s own command line', async () => {
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    const agent = await offeredTo(stack, inquiryId);
    await agent.post(`/v1/inquiries/${inquiryId}/notes`, { text: 'Cliente antigo, com carinho.' });
    const id = workflowIdOf(stack.demo.tenantId, inquiryId);
    const { temporalAddress, temporalCli } = testServers();
    const temporal = async (...args: string[]): Promise<string> =>
      (await run(temporalCli, ['workflow', ...args, '--workflow-id', id, '--address', temporalAddress])).stdout;
    const sealed = await payloadsOf(() => temporal('show', '--output', 'json'));
    expect(sealed.join(' ')).not.toMatch(/inquiry\.opened|wake at|opened|carinho|quando chega/);
    const codec = ['--codec-endpoint', `${stack.baseUrl}/codec`];
    const header = ['--codec-header', `authorization=Bearer ${stack.demo.keys.auditor}`];
    const payloads = await payloadsOf(() => temporal('show', '--output', 'json', ...codec, ...header));
    expect(payloads.some((text) => text.includes('inquiry.opened') && text.includes('task.opened'))).toBe(true);
    expect(payloads.some((text) => text.includes('onOpened'))).toBe(true);
    expect(payloads.some((text) => text.includes('onCommand'))).toBe(true);
    expect(payloads.some((text) => /reply: wake at 2/.test(text))).toBe(true);
    expect(payloads.join(' ')).not.toMatch(/carinho|quando chega/);
    const described = await temporal('describe', ...codec, ...header);
    expect(described).toContain('AtendeTenant');
    expect(described).toContain('quick@');
    const details = await temporal('metadata', ...codec, ...header);
    expect(details).toMatch(/\*\*Step\*\* reply/);
    expect(details).toMatch(/\*\*Task\*\* reply/);
  }, 30_000);

  it('continues as new after two hundred commands and goes on as before', async () => {
    const { inquiryId } = await stack.send();
    const agent = await offeredTo(stack, inquiryId);
    for (let batch = 0; batch < 21; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => agent.post(`/v1/inquiries/${inquiryId}/notes`, { text: 'nota' })),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
    }
    const handle = stack.runtime.temporal.client.workflow.getHandle(workflowIdOf(stack.demo.tenantId, inquiryId));
    await eventually(
      () => handle.describe(),
      (description) => description.raw.workflowExecutionInfo?.firstRunId !== description.runId,
    );
    expect((await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' })).body.state).toBe('closed');
    const notes = await stack.superuser.query(
      `select count(*)::int as n from message where inquiry_id = $1 and direction = 'note'`,
      [inquiryId],
    );
    expect(notes.rows[0].n).toBe(210);
  }, 60_000);

  it('puts an event aside that cannot be decided, asks a person, and goes on', async () => {
    const { inquiryId } = await stack.send();
    const agent = await offeredTo(stack, inquiryId);
    const engine = stack.application.nest.get(InquiryEngine, { strict: false });
    const stores = (engine as unknown as { stores: { decide?: typeof decide } }).stores;
    stores.decide = (input) => {
      if (input.event.kind === 'command' && input.event.command.kind === 'note')
        throw new Error('a defect with secret words');
      return decide(input);
    };
    const answer = await agent.post(`/v1/inquiries/${inquiryId}/notes`, { text: 'quebra' });
    delete stores.decide;
    expect(answer.status).toBe(202);
    const { rows } = await stack.superuser.query(
      'select failed_code from inbox where inquiry_id = $1 and failed_code is not null',
      [inquiryId],
    );
    expect(rows).toEqual([{ failed_code: 'decision_failed' }]);
    const triage = await stack.superuser.query(`select reason from task where inquiry_id = $1 and kind = 'triage'`, [
      inquiryId,
    ]);
    expect(triage.rows).toEqual([{ reason: 'event_failed' }]);
    expect((await entries(inquiryId)).filter(({ kind }) => kind === 'event.failed')).toHaveLength(1);
    expect((await agent.post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Seguimos.' })).status).toBe(202);
    await sleep(1_000);
    // A command that was set aside is not waited for: the history would grow with every look.
    expect((await countEngine(stack, inquiryId)).events).toBeLessThan(40);
  }, 30_000);

  it('never closes over a buyer message nobody can have seen, whichever comes first', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 15; round += 1) {
      const buyer = `race-${round}`;
      const { inquiryId, conversationId } = await stack.send({ buyer });
      await acknowledged(inquiryId);
      const agent = await offeredTo(stack, inquiryId);
      const [closed, second] = await Promise.all([
        agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' }),
        sleep(round).then(() => stack.send({ buyer, text: 'Mais uma coisa' })),
      ]);
      await eventually(
        () =>
          stack.superuser.query(
            'select 1 from inbox b join inquiry i on i.id = b.inquiry_id where i.conversation_id = $1 and b.applied_at is null',
            [conversationId],
          ),
        ({ rowCount }) => rowCount === 0,
      );
      const first = await inquiry(inquiryId);
      outcomes.add(closed.status === 200 ? String(closed.body.state) : String(closed.body.code));
      if (second.inquiryId !== inquiryId) {
        const linked = { linked_inquiry_id: inquiryId, linked_cause: 'reopened', closed_at: null };
        expect(await inquiry(second.inquiryId)).toMatchObject(linked);
      } else if (first['closed_at'] !== null) {
        // Then the message was there for everybody to see before the close was asked for.
        const seen = await stack.superuser.query(
          `select m.applied_at <= c.accepted_at as before from inbox m, inbox c
            where m.inquiry_id = $1 and c.inquiry_id = $1 and m.kind = 'message.received' and c.kind = 'command'`,
          [inquiryId],
        );
        expect(seen.rows).toEqual([{ before: true }]);
      }
    }
    expect(outcomes.size).toBeGreaterThan(0);
  }, 60_000);

  it('reopens as a new, linked inquiry when the buyer comes back, or by hand', async () => {
    const standard = JSON.stringify([{ definition: 'standard-br' }]);
    await stack.superuser.query('update routing set rules = $2 where tenant_id = $1', [stack.demo.tenantId, standard]);
    const buyer = 'comes-back';
    const { inquiryId, conversationId } = await stack.send({ buyer });
    await acknowledged(inquiryId);
    const agent = await offeredTo(stack, inquiryId);
    await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    // As if it had been opened half an hour earlier, and had paused for ten minutes of it.
    await stack.superuser.query(
      `update inquiry set state = jsonb_set(state, '{obligations}', (
          select jsonb_agg(case when o ->> 'name' <> 'resolution' then o
                                else o || jsonb_build_object('startedAt', at - 1800000, 'pauses', jsonb_build_array(
                                       jsonb_build_object('from', at - 900000, 'to', at - 300000, 'reason', 'waiting_buyer')))
                           end)
            from jsonb_array_elements(state -> 'obligations') as o, lateral (select (o ->> 'startedAt')::bigint as at) x))
        where id = $1`,
      [inquiryId],
    );
    const byHand = await agent.post(`/v1/inquiries/${inquiryId}/reopen`, {});
    expect(byHand.status).toBe(201);
    expect(await inquiry(byHand.body.inquiryId)).toMatchObject({
      linked_inquiry_id: inquiryId,
      conversation_id: conversationId,
    });
    expect((await agent.post(`/v1/inquiries/${inquiryId}/reopen`, {})).body).toMatchObject({
      code: 'inquiry_open',
      inquiryId: byHand.body.inquiryId,
    });
    await eventually(
      () => inquiry(byHand.body.inquiryId),
      (row) => row['step'] === 'reply',
    );
    const { rows } = await stack.superuser.query(
      `select cause, round(extract(epoch from deadline - started_at) / 60)::int as left
         from obligation where inquiry_id = $1 and name = 'resolution'`,
      [byHand.body.inquiryId],
    );
    // Three days that are always open, less the twenty minutes that counted.
    expect(rows).toEqual([{ cause: 'reopened', left: 3 * 24 * 60 - 20 }]);
    expect(await outboundOf(byHand.body.inquiryId)).toHaveLength(0);
    const again = await stack.send({ buyer });
    expect(again.inquiryId).toBe(byHand.body.inquiryId);
  }, 30_000);
});
