import { WorkerRunner } from '../../src/worker.module.js';
import { InquiryEngine } from '../../src/modules/inquiry/index.js';
import { publish, QUICK } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { acknowledgedInquiry, entriesOf, executionOf } from '../support/inquiry.js';
import type { StoredEntry } from '../support/inquiry.js';
import { letTimePass } from '../support/shift.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Several things that come due within an hour, from more than one obligation. */
const HOURLY = QUICK.replace(/first_response: .*/, 'first_response: { within: 30m, clock: wall, escalate: chase }')
  .replace('resolution: { within: 1h }', 'resolution: { within: 8h }')
  .replace(
    /chase:[\s\S]*?\nsteps:/,
    `chase:
    - { at: start+20m, do: [ { notify: { to: holder } } ] }
    - { at: deadline, do: [ { notify: { to: supervisor } }, { set: { urgency: high } } ] }
    - { at: deadline+15m, do: [ { notify: { to: supervisor } }, { set: { urgency: critical } } ] }
steps:`,
  );

const TIMED = ['level.fired', 'obligation.breached'] as const;

describe('time', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
    await publish(stack, HOURLY);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const named = ({ kind, data }: StoredEntry): string =>
    kind === 'level.fired' ? `level ${String(data['level'])}` : `${String(data['name'])} breached`;

  it('brings everything due once, in order and with how late it was, after workers were stopped for an hour', async () => {
    const ids = [await acknowledgedInquiry(stack, 'stopped-1'), await acknowledgedInquiry(stack, 'stopped-2')];
    const worker = stack.application.nest.get(WorkerRunner, { strict: false });
    await worker.beforeApplicationShutdown();
    await letTimePass(stack.superuser, HOUR);
    await worker.onApplicationBootstrap();
    for (const id of ids) {
      const entries = await eventually(
        () => entriesOf(stack, id, ...TIMED),
        (list) => list.length >= 4,
        30_000,
      );
      expect(entries.map(named)).toEqual(['level 1', 'first_response breached', 'level 2', 'level 3']);
      const late = entries.filter(({ kind }) => kind === 'level.fired').map(({ data }) => Number(data['lateMs']));
      for (const [index, planned] of [20 * MINUTE, 30 * MINUTE, 45 * MINUTE].entries()) {
        expect(late[index]).toBeGreaterThanOrEqual(HOUR - planned);
        expect(late[index]).toBeLessThan(HOUR - planned + 2 * MINUTE);
      }
      expect(entries.find(({ kind }) => kind === 'obligation.breached')?.data['breachedAt']).toBe(
        entries.find(({ data }) => data['level'] === 2)?.data['planned'],
      );
    }
    // Nothing of it comes again with a further ring.
    for (const id of ids) await executionOf(stack, id).signal('ring', 'poke');
    for (const id of ids) await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' });
    for (const id of ids) expect(await entriesOf(stack, id, ...TIMED)).toHaveLength(4);
  }, 90_000);

  it('fires nothing twice after the clock was set back by an hour, and history still runs forward', async () => {
    const id = await acknowledgedInquiry(stack, 'set-back');
    const engine = stack.application.nest.get(InquiryEngine, { strict: false });
    await letTimePass(stack.superuser, 35 * MINUTE);
    await engine.sweep(stack.demo.tenantId, id);
    const fired = await entriesOf(stack, id, ...TIMED);
    expect(fired.map(named)).toEqual(['level 1', 'first_response breached', 'level 2']);
    await letTimePass(stack.superuser, -HOUR);
    await engine.sweep(stack.demo.tenantId, id);
    await executionOf(stack, id).signal('ring', 'poke');
    expect((await stack.as('supervisor').post(`/v1/inquiries/${id}/notes`, { text: 'nota' })).status).toBe(200);
    expect((await entriesOf(stack, id, ...TIMED)).map(named)).toEqual(fired.map(named));
    const { rows } = await stack.superuser.query<{ forward: boolean }>(
      `select bool_and(at >= before) as forward from (
         select at, lag(at, 1, at) over (order by seq) as before from event where inquiry_id = $1) e`,
      [id],
    );
    expect(rows).toEqual([{ forward: true }]);
    expect((await stack.send({ buyer: 'set-back', text: 'Ainda estou aqui' })).inquiryId).toBe(id);
    await eventually(
      () => entriesOf(stack, id, 'message.received'),
      (entries) => entries.length === 1,
    );
  }, 60_000);
});
