import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import { publish, QUICK } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { recordHistory, runsOf } from '../support/histories.js';
import { offeredTo } from '../support/people.js';
import { startStack, testServers } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/**
 * Lives of inquiries, replayed against this build. With `ATENDE_RECORD_HISTORIES=1` they are kept in `test/replay/histories`;
 * do so when a new way through the driver is added, never to silence a difference: inquiries run for months.
 */
describe('histories', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const column = async <T>(id: string, name: string): Promise<T> =>
    (await stack.superuser.query(`select ${name} as value from inquiry where id = $1`, [id])).rows[0].value as T;

  const acknowledged = (id: string): Promise<unknown> =>
    eventually(
      () =>
        stack.superuser.query(
          `select 1 from message where inquiry_id = $1 and author = 'automated' and delivery_state = 'available'`,
          [id],
        ),
      ({ rowCount }) => rowCount === 1,
    );

  const closed = async (id: string): Promise<void> => {
    const answer = await stack.as('supervisor').post(`/v1/inquiries/${id}/close`, { reason: 'resolved' });
    expect([answer.status, answer.body.state]).toEqual([200, 'closed']);
    await sleep(300);
  };

  const answeredAndClosed = async (id: string): Promise<void> => {
    const agent = await offeredTo(stack, id);
    await agent.post(`/v1/inquiries/${id}/replies`, { text: 'Chega amanhã.' });
    await eventually(
      () => column<string>(id, 'step'),
      (step) => step === 'buyer',
    );
    await closed(id);
  };

  const handleOf = (id: string): ReturnType<typeof stack.runtime.temporal.client.workflow.getHandle> =>
    stack.runtime.temporal.client.workflow.getHandle(workflowIdOf(stack.demo.tenantId, id));

  /** Replays every run of an inquiry. */
  const replays = async (name: string, id: string): Promise<void> => {
    const workflowId = workflowIdOf(stack.demo.tenantId, id);
    const runs = await runsOf(stack, workflowId);
    for (const [index, history] of runs.entries()) {
      const { dataConverter } = stack.runtime.temporal;
      const workflowBundle = { codePath: testServers().workflowBundle };
      await Worker.runReplayHistory({ workflowBundle, dataConverter }, history, workflowId);
      if (process.env['ATENDE_RECORD_HISTORIES'] === '1') await recordHistory(stack, `${name}-${index + 1}`, history);
    }
  };

  it('of a message answered and closed', async () => {
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    await answeredAndClosed(inquiryId);
    await replays('answered', inquiryId);
  }, 30_000);

  it('of clocks that ran out before the answer came', async () => {
    await publish(stack, QUICK);
    const { inquiryId } = await stack.send();
    await eventually(
      () => column<string>(inquiryId, 'urgency'),
      (urgency) => urgency === 'high',
    );
    await answeredAndClosed(inquiryId);
    await replays('late', inquiryId);
  }, 30_000);

  it('of many hands: several messages, a snooze, a transfer, refused commands, a poke, an operator’s cancel', async () => {
    const buyer = 'many-hands';
    const { inquiryId } = await stack.send({ buyer });
    await acknowledged(inquiryId);
    await stack.send({ buyer, text: 'E a nota fiscal?' });
    const supervisor = stack.as('supervisor');
    const until = new Date(Date.now() + 2 * 3_600_000).toISOString();
    expect((await supervisor.post(`/v1/inquiries/${inquiryId}/snooze`, { until })).status).toBe(200);
    await handleOf(inquiryId).cancel();
    await stack.send({ buyer, text: 'Alguém aí?' });
    await handleOf(inquiryId).signal('ring', 'poke');
    await handleOf(inquiryId).signal('ring', 'receipt');
    expect((await supervisor.post(`/v1/inquiries/${inquiryId}/reopen`, {})).status).toBe(409);
    expect((await supervisor.post(`/v1/inquiries/${inquiryId}/notes`, { text: 'nota' })).status).toBe(200);
    await Promise.all(['a', 'b', 'c'].map((text) => supervisor.post(`/v1/inquiries/${inquiryId}/notes`, { text })));
    await closed(inquiryId);
    await replays('many-hands', inquiryId);
  }, 30_000);

  it('of a database that kept a drain waiting: a time-out looks different in a replay, and must not end the inquiry', async () => {
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    const blocker = await stack.superuser.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from inquiry where id = $1 for update', [inquiryId]);
    await handleOf(inquiryId).signal('ring', 'poke');
    // Both attempts of the quick way have timed out when the patient one is scheduled.
    const has = (
      kind: 'activityTaskScheduledEventAttributes' | 'activityTaskCompletedEventAttributes',
    ): Promise<unknown> =>
      eventually(
        () => handleOf(inquiryId).fetchHistory(),
        ({ events }) => (events ?? []).some((event) => event[kind]),
        30_000,
        250,
      );
    await has('activityTaskScheduledEventAttributes');
    await blocker.query('rollback');
    blocker.release();
    await has('activityTaskCompletedEventAttributes');
    await closed(inquiryId);
    await replays('patient', inquiryId);
  }, 60_000);

  it('of an inquiry longer than one run', async () => {
    const { inquiryId } = await stack.send();
    await acknowledged(inquiryId);
    const notes = (): Promise<unknown> =>
      Promise.all(
        Array.from({ length: 7 }, () =>
          stack.as('supervisor').post(`/v1/inquiries/${inquiryId}/notes`, { text: 'nota' }),
        ),
      );
    const run = async (): Promise<string> => (await handleOf(inquiryId).describe()).runId;
    const first = await run();
    for (let batch = 0; batch < 40 && (await run()) === first; batch += 1) await notes();
    expect(await run()).not.toBe(first);
    await notes();
    await closed(inquiryId);
    await replays('continued', inquiryId);
  }, 60_000);
});
