import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../../src/domain/inquiry/decide.js';
import { InquiryEngine } from '../../src/modules/inquiry/index.js';
import { Replay } from '../../src/modules/proof/index.js';
import { WorkerRunner } from '../../src/worker.module.js';
import { publish, QUICK } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { acknowledgedInquiry, entriesOf, executionOf, holdDrains, waitingForLock } from '../support/inquiry.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** How long the database refuses every drain: some attempts of the patient way; the policy has the same shape for two minutes. */
const OUTAGE_MS = 7_000;

/** Time enough to get ready before the first level, on a busy machine too. */
const SLOWER = QUICK.replace('within: 3s, clock: wall', 'within: 15s, clock: wall').replace('start+2s', 'start+10s');

/** Workers that fail, come twice or have forgotten everything (engine.md 2), on the real engine. */
describe('races of workers', () => {
  let stack: Stack;
  let engine: InquiryEngine;

  beforeAll(async () => {
    stack = await startStack();
    engine = stack.application.nest.get(InquiryEngine, { strict: false });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const note = async (id: string): Promise<number> =>
    (await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' })).status;

  const eventsOf = async (id: string): Promise<number> =>
    ((await executionOf(stack, id).fetchHistory()).events ?? []).length;

  it('brings one event once although several drains work on it at the same time', async () => {
    const id = await acknowledgedInquiry(stack, 'many-drains');
    const release = await holdDrains(stack, id);
    const answer = note(id);
    await waitingForLock(stack);
    const input = { tenantId: stack.demo.tenantId, inquiryId: id, now: Date.now(), commands: [] };
    const zombies = Array.from({ length: 4 }, () => engine.ring(input));
    await sleep(100);
    await release();
    const results = await Promise.all(zombies);
    expect(await answer).toBe(200);
    expect(await entriesOf(stack, id, 'note.added')).toHaveLength(1);
    expect(new Set(results.map((result) => result?.summary.version)).size).toBe(1);
  }, 60_000);

  it('lives through a database that refuses every drain, in a few events', async () => {
    const id = await acknowledgedInquiry(stack, 'refused-drains');
    const before = await eventsOf(id);
    await stack.superuser.query('revoke update on inbox from atende_app');
    // Its ring starts the drain that cannot be done; what rings later waits behind it.
    await stack.send({ buyer: 'refused-drains', text: 'Alguma novidade?' });
    await sleep(OUTAGE_MS);
    const during = await eventsOf(id);
    await stack.superuser.query('grant update on inbox to atende_app');
    await eventually(
      () => entriesOf(stack, id, 'message.received'),
      (entries) => entries.length === 1,
      20_000,
    );
    expect(during - before).toBeLessThanOrEqual(8);
    expect(await note(id)).toBe(200);
    expect((await executionOf(stack, id).describe()).status.name).toBe('RUNNING');
  }, 60_000);

  it('goes on from the history alone when no worker remembers the inquiry', async () => {
    const id = await acknowledgedInquiry(stack, 'forgotten');
    const worker = stack.application.nest.get(WorkerRunner, { strict: false });
    const before = await entriesOf(stack, id);
    await worker.beforeApplicationShutdown();
    await worker.onApplicationBootstrap();
    expect(await note(id)).toBe(200);
    const after = await entriesOf(stack, id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ kind }) => kind)).toEqual(['note.added']);
  }, 60_000);

  it('sets what time brought aside once although two drains failed on it, and keeps the other clocks', async () => {
    await publish(stack, SLOWER);
    const stores = (engine as unknown as { stores: { decide?: typeof decide } }).stores;
    const id = await acknowledgedInquiry(stack, 'two-failures');
    stores.decide = (input) => {
      const firstLevel = input.state.obligations.some(({ levels }) => levels[0]?.state === 'pending');
      if (input.event.kind === 'time' && firstLevel) throw new Error('a defect');
      return decide(input);
    };
    const planned = await stack.superuser.query<{ at: Date }>(
      `select planned_at as at from obligation_level where inquiry_id = $1 and level = 1 and name = 'first_response'`,
      [id],
    );
    await sleep(Math.max(0, (planned.rows[0]?.at.getTime() ?? 0) - Date.now() - 300));
    const release = await holdDrains(stack, id);
    await sleep(400);
    const sweeps = [1, 2, 3].map(() => engine.sweep(stack.demo.tenantId, id));
    await waitingForLock(stack, 2);
    await release();
    await Promise.all(sweeps);
    delete stores.decide;
    await eventually(
      () => entriesOf(stack, id, 'level.fired'),
      (entries) => entries.length > 0,
    );
    expect(await entriesOf(stack, id, 'event.failed')).toHaveLength(1);
    expect((await entriesOf(stack, id, 'level.fired')).map(({ data }) => data['level'])).toEqual([2]);
    const replay = stack.application.nest.get(Replay, { strict: false });
    expect(await replay.inquiry(stack.demo.tenantId, id)).toMatchObject({ same: true });
  }, 60_000);
});
