import { takeChoiceTurn } from '../../src/modules/queue/index.js';
import { LeaseKeeper } from '../../src/modules/task/index.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { entriesOf, waitingForLock } from '../support/inquiry.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const flow = (key: string, strategy: string): string => `
atende: 1
key: ${key}
title: Choices
calendar: always
steps:
  - { id: person, assign: { queue: sales-br, strategy: ${strategy} } }
  - { id: reply, task: { kind: reply, lease: 20m }, on: { sent: close, not_needed: close } }
  - { id: close, close: { reason: resolved } }
`;

/** Two transactions that choose among the same people at the same time. */
describe('choices at once', () => {
  let stack: Stack;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    stack = await startStack();
    const { rows } = await stack.superuser.query<{ id: string; key: string }>(
      `select id, key from member where tenant_id = $1`,
      [stack.demo.tenantId],
    );
    for (const { key, id } of rows) ids[key] = id;
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  /** Ends all work, so that everybody has room as given. */
  const roomFor = async (agent: number, agent2: number): Promise<void> => {
    await stack.superuser.query(
      `update task set state = 'cancelled', ended_at = now(), holder_id = null, offered_to = null where ended_at is null`,
    );
    await stack.superuser.query(
      `update member set capacity = case key when 'agent' then $2::int when 'agent2' then $3::int else 0 end where tenant_id = $1`,
      [stack.demo.tenantId, agent, agent2],
    );
  };

  /** Runs things that each choose, none of which gets its turn before all of them have chosen a first time. */
  const atOnce = async <T>(count: number, start: () => Promise<T>): Promise<T> => {
    const started = await stack.database.tenant(
      stack.demo.tenantId,
      async (tx) => {
        await takeChoiceTurn(tx, ['sales-br']);
        const running = start();
        await waitingForLock(stack, count);
        return { running };
      },
      { timeoutMs: 30_000 },
    );
    return started.running;
  };

  const twoInquiries = async (): Promise<string[]> => {
    const accepted = await atOnce(2, () => Promise.all([stack.send(), stack.send()]));
    return accepted.map(({ inquiryId }) => inquiryId);
  };

  /** Whom the open tasks of inquiries are offered to. */
  const offered = async (inquiries: readonly string[]): Promise<(string | null)[]> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query<{ to: string | null }>(
          `select offered_to as to from task where inquiry_id = any($1) and ended_at is null order by offered_to`,
          [inquiries],
        ),
      (found) => found.rows.length === inquiries.length,
    );
    return rows.map(({ to }) => to);
  };

  it('do not both fill an agent’s last place', async () => {
    await publish(stack, flow('loaded', 'least_loaded'));
    await roomFor(1, 0);
    const inquiries = await twoInquiries();
    expect(await offered(inquiries)).toEqual([ids['agent'], null]);
    const kinds = await Promise.all(
      inquiries.map((id) => entriesOf(stack, id, 'assignment.chosen', 'assignment.nobody')),
    );
    expect(kinds.map((entries) => entries.map(({ kind }) => kind)).sort()).toEqual([
      ['assignment.chosen'],
      ['assignment.nobody'],
    ]);
  }, 30_000);

  it('do not both go on from the same place of a round robin', async () => {
    await publish(stack, flow('around', 'round_robin'));
    await roomFor(9, 9);
    expect(await offered(await twoInquiries())).toEqual([ids['agent'], ids['agent2']].sort());
  }, 30_000);

  it('do not both give an agent the last place as a shift starts', async () => {
    await publish(stack, flow('morning', 'least_loaded'));
    await roomFor(0, 0);
    const sent = [await stack.send(), await stack.send()].map(({ inquiryId }) => inquiryId);
    expect(await offered(sent)).toEqual([null, null]);
    await stack.superuser.query('update member set capacity = 1 where id = $1', [ids['agent']]);
    const { rows } = await stack.superuser.query<{ id: string; inquiryId: string }>(
      `select id, inquiry_id as "inquiryId" from task where inquiry_id = any($1)`,
      [sent],
    );
    const keeper = stack.application.nest.get(LeaseKeeper, { strict: false });
    const look = ({ id, inquiryId }: { id: string; inquiryId: string }): Promise<number | null> =>
      keeper.handle({
        kind: 'lease',
        tenantId: stack.demo.tenantId,
        ref: id,
        inquiryId,
        shopId: null,
        dueAt: Date.now() + 1,
        version: 1,
        attempts: 0,
      });
    await atOnce(2, () => Promise.all(rows.map(look)));
    expect(await offered(sent)).toEqual([ids['agent'], null]);
  }, 30_000);
});
