import { setTimeout as sleep } from 'node:timers/promises';
import { publish, QUICK } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { answerPatiently, deliverPatiently } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const RACES = 50;
const DEADLINE_MS = 3_000;

type Clock = {
  readonly id: string;
  readonly state: string;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly metAt: Date | null;
  readonly breachedAt: Date | null;
};
type Told = { readonly id: string; readonly kind: string; readonly data: Readonly<Record<string, unknown>> };
type Level = { readonly id: string; readonly level: number; readonly state: string };

describe('replies racing the levels of their clocks', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_RATE_REQUESTS_PER_KEY: '1000000' } });
    await publish(stack, QUICK);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  /** Opens an inquiry and answers it so long after its opening. */
  async function race(afterMs: number): Promise<void> {
    const { inquiryId } = await deliverPatiently(stack);
    await sleep(afterMs);
    await answerPatiently(stack, inquiryId);
  }

  const query = async <T extends object>(sql: string): Promise<T[]> => (await stack.superuser.query<T>(sql)).rows;
  const clocks = (): Promise<Clock[]> =>
    query(`select inquiry_id as id, state, started_at as "startedAt", deadline, met_at as "metAt",
                  breached_at as "breachedAt" from obligation where name = 'first_response'`);

  it('end each as met or as breached, told once and with the reason', async () => {
    // The first level is due after two seconds and the deadline after three: replies come from before the one until after the other.
    await Promise.all(Array.from({ length: RACES }, (_none, index) => race(1_500 + (index * 2_000) / RACES)));
    const ended = await eventually(
      clocks,
      (rows) => rows.length === RACES && rows.every(({ state }) => state === 'met' || state === 'breached_met'),
      60_000,
      250,
    );
    const told = await query<Told>(
      `select e.inquiry_id as id, x->>'kind' as kind, x->'data' as data from event e, jsonb_array_elements(e.entries) as x
        where x->'data'->>'name' = 'first_response' order by e.inquiry_id, e.seq`,
    );
    const levels = await query<Level>(
      `select inquiry_id as id, level, state from obligation_level where name = 'first_response'`,
    );
    for (const clock of ended) {
      const own = <T extends { id: string }>(rows: readonly T[]): T[] => rows.filter(({ id }) => id === clock.id);
      checkClock(clock, own(told), own(levels));
    }
  }, 180_000);

  function checkClock(clock: Clock, told: readonly Told[], levels: readonly Level[]): void {
    const of = (kind: string): readonly Told[] => told.filter((entry) => entry.kind === kind);
    const inTime = (clock.metAt?.getTime() ?? Infinity) <= clock.deadline.getTime();
    expect(clock.deadline.getTime() - clock.startedAt.getTime()).toBe(DEADLINE_MS);
    expect(clock.state).toBe(inTime ? 'met' : 'breached_met');
    expect(clock.breachedAt?.getTime() ?? null).toBe(inTime ? null : clock.deadline.getTime());
    expect(of('obligation.met').map(({ data }) => [data['inTime'], data['by']])).toEqual([[inTime, 'send:2']]);
    const breaches = of('obligation.breached').length - of('obligation.breach_withdrawn').length;
    expect(breaches).toBe(inTime ? 0 : 1);
    for (const { level, state } of levels) {
      const fired = of('level.fired').filter(({ data }) => data['level'] === level);
      expect([state, fired.length]).toEqual(state === 'fired' ? ['fired', 1] : ['cancelled', 0]);
    }
  }
});
