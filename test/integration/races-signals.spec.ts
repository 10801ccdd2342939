import { randomUUID } from 'node:crypto';
import { Doorbell } from '../../src/modules/ingest/index.js';
import { eventually } from '../support/eventually.js';
import {
  acknowledgedInquiry,
  entriesOf,
  executionBecomes,
  executionOf,
  holdDrains,
  waitingForLock,
} from '../support/inquiry.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** `WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND`: something came while a task completed the execution. */
const UNHANDLED_COMMAND = 1;
const TASK_COMPLETED = 7;

/** Signals and operators against updates and ends (engine.md 2), on the real engine. */
describe('races of signals', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const rowOf = async (id: string): Promise<{ closed: boolean; unapplied: number; out: number }> =>
    (
      await stack.superuser.query<{ closed: boolean; unapplied: number; out: number }>(
        `select i.closed_at is not null as closed,
                (select count(*)::int from inbox b where b.inquiry_id = i.id and b.applied_at is null) as unapplied,
                (select count(*)::int from message m where m.inquiry_id = i.id and m.direction = 'out') as out
           from inquiry i where i.id = $1`,
        [id],
      )
    ).rows[0] ?? { closed: false, unapplied: 0, out: 0 };

  const closed = async (id: string): Promise<string> => {
    const answer = await stack.as('supervisor').post(`/v1/inquiries/${id}/close`, { reason: 'resolved' });
    expect([answer.status, answer.body.state]).toEqual([200, 'closed']);
    return executionBecomes(stack, id, 'COMPLETED');
  };

  /** Has a work row rung for an inquiry as if it had been left over. */
  const ring = (id: string): Promise<unknown> =>
    stack.superuser.query(
      `insert into work_queue as w (kind, ref, tenant_id, inquiry_id, due_at) values ('ring', $1, $2, $1, now())
       on conflict (kind, ref) do update set due_at = excluded.due_at, lease_until = null, version = w.version + 1`,
      [id, stack.demo.tenantId],
    );

  const rowGone = (id: string): Promise<unknown> =>
    eventually(
      () => stack.superuser.query(`select 1 from work_queue where kind = 'ring' and ref = $1`, [id]),
      ({ rowCount }) => rowCount === 0,
    );

  it('answers a close whose update the server dropped for a signal that came meanwhile', async () => {
    const id = await acknowledgedInquiry(stack, 'signal-during-close');
    const release = await holdDrains(stack, id);
    const answer = stack.as('supervisor').post(`/v1/inquiries/${id}/close`, { reason: 'resolved' });
    await waitingForLock(stack);
    await executionOf(stack, id).signal('ring', 'poke');
    await release();
    expect(await answer).toMatchObject({ status: 200, body: { state: 'closed' } });
    await executionBecomes(stack, id, 'COMPLETED');
    expect(await entriesOf(stack, id, 'inquiry.closed')).toHaveLength(1);
    const { events } = await executionOf(stack, id).fetchHistory();
    const failures = (events ?? []).map((event) => event.workflowTaskFailedEventAttributes?.cause);
    expect(failures).toContain(UNHANDLED_COMMAND);
  }, 60_000);

  it('starts nothing for a ring of a completed execution that is delivered again', async () => {
    const id = await acknowledgedInquiry(stack, 'again-after-close');
    const runId = await closed(id);
    const doorbell = stack.application.nest.get(Doorbell, { strict: false });
    const request = { tenantId: stack.demo.tenantId, inquiryId: id, kind: 'buyerMessage', channel: 'webhook' } as const;
    expect(await doorbell.ring({ ...request, definition: 'standard-br@1' })).toBe(false);
    await ring(id);
    await rowGone(id);
    expect(await executionOf(stack, id).describe()).toMatchObject({ runId, status: { name: 'COMPLETED' } });
  }, 60_000);

  it('takes a terminated inquiry up again when the buyer writes', async () => {
    const id = await acknowledgedInquiry(stack, 'terminated');
    const { runId } = await executionOf(stack, id).describe();
    await executionOf(stack, id).terminate('an operator');
    expect((await stack.send({ buyer: 'terminated', text: 'Alguém aí?' })).inquiryId).toBe(id);
    await eventually(
      () => rowOf(id),
      ({ unapplied }) => unapplied === 0,
    );
    expect((await executionOf(stack, id).describe()).runId).not.toBe(runId);
    expect(await entriesOf(stack, id, 'inquiry.opened')).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ out: 1 });
    await closed(id);
  }, 60_000);

  it('takes a terminated inquiry up again when a person acts', async () => {
    const id = await acknowledgedInquiry(stack, 'terminated-act');
    await executionOf(stack, id).terminate('an operator');
    const answer = await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' });
    expect(answer.status).toBe(200);
    await closed(id);
  }, 60_000);

  it('takes a terminated inquiry up again when its wake is overdue, and nobody else rings', async () => {
    const id = await acknowledgedInquiry(stack, 'terminated-wake');
    const { runId } = await executionOf(stack, id).describe();
    await executionOf(stack, id).terminate('an operator');
    await stack.superuser.query(`update inquiry set next_wake = now() - interval '56 seconds' where id = $1`, [id]);
    await ring(id);
    await eventually(
      () => executionOf(stack, id).describe(),
      (now) => now.runId !== runId && now.status.name === 'RUNNING',
      20_000,
    );
    await closed(id);
  }, 60_000);

  it('does nothing twice after an operator has reset the execution to its first task', async () => {
    const id = await acknowledgedInquiry(stack, 'reset');
    expect((await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' })).status).toBe(200);
    const before = await entriesOf(stack, id);
    const execution = executionOf(stack, id);
    const { events } = await execution.fetchHistory();
    const first = (events ?? []).find((event) => Number(event.eventType) === TASK_COMPLETED);
    const { client, namespace } = stack.runtime.temporal;
    await client.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: execution.workflowId, runId: (await execution.describe()).runId },
      reason: 'an operator',
      workflowTaskFinishEventId: first?.eventId ?? null,
      requestId: randomUUID(),
    });
    await executionBecomes(stack, id, 'RUNNING');
    expect((await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' })).status).toBe(200);
    const after = await entriesOf(stack, id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ kind }) => kind)).toEqual(['note.added']);
    expect(await rowOf(id)).toMatchObject({ out: 1, unapplied: 0 });
    await closed(id);
  }, 60_000);
});
