import fc from 'fast-check';
import { MONDAY, standardPlan, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const DEADLINE = MONDAY + 60 * MINUTE;
const plan = standardPlan();
const LEVELS = [45 * MINUTE, 60 * MINUTE, 90 * MINUTE];

/** What races: the wake of a level, the sweep, the reply, its receipt and a verdict that takes it back. */
type Runner = 'wake' | 'reply' | 'receipt' | 'rejection' | 'message' | 'close';

/** Instants around a level or the deadline, to the millisecond. */
const near = fc
  .tuple(fc.constantFrom(...LEVELS), fc.constantFrom(-60_000, -1_000, -2, -1, 0, 1, 2, 1_000, 60_000))
  .map(([offset, around]) => MONDAY + offset + around);

const race = fc.record({
  /** In which order the database happens to apply what happens at these instants. */
  order: fc.shuffledSubarray<Runner>(['wake', 'wake', 'reply', 'receipt', 'rejection', 'message', 'close'], {
    minLength: 3,
  }),
  instants: fc.array(near, { minLength: 7, maxLength: 7 }),
  /** When the channel says that the answer was there; it may say so late. */
  evidence: near,
});

function run(world: World, runner: Runner, evidence: number): void {
  if (runner === 'wake') world.drainTime();
  else if (runner === 'reply') world.reply();
  else if (runner === 'message') {
    if (world.state.closedAt === null) world.message();
  } else if (runner === 'close') world.command({ kind: 'close', reasonCode: 'resolved' });
  else if (world.state.counters.send > 1) {
    const status = runner === 'receipt' ? 'available' : 'rejected';
    world.receipt(status, { at: Math.min(evidence, world.now) });
  }
}

describe('a reply racing a level', () => {
  it('ends as met or as breached, never as both, with the reason recorded', () => {
    fc.assert(
      fc.property(race, ({ order, instants, evidence }) => {
        const world = new World({ plan }).open().receipt('available');
        const times = instants.slice(0, order.length).sort((a, b) => a - b);
        order.forEach((runner, index) => {
          world.now = times[index] ?? world.now;
          run(world, runner, evidence);
        });
        world.drainTime();
        checkOutcome(world);
      }),
      { numRuns: 2_000 },
    );
  }, 120_000);
});

/** One outcome, in the state and in the history. */
function checkOutcome(world: World): void {
  const first = world.obligation('first_response');
  const told = world.entries.filter(({ data }) => data['name'] === 'first_response');
  const count = (kind: string): number => told.filter((entry) => entry.kind === kind).length;
  const reopened = count('obligation.reopened');
  const met = first.status === 'met' || first.status === 'breached_met';
  // Every proof that counted was recorded with what proved it, and at most one of them still stands.
  expect(count('obligation.met') - reopened).toBe(met ? 1 : 0);
  for (const entry of told.filter(({ kind }) => kind === 'obligation.met')) {
    expect(entry.data['by']).toEqual(expect.any(String));
    expect(entry.data['inTime']).toBe(Number(entry.data['metAt']) <= DEADLINE);
  }
  if (first.status === 'met') expect(first).toMatchObject({ breachedAt: null });
  if (first.status === 'met') expect(first.metAt).toBeLessThanOrEqual(DEADLINE);
  if (first.status === 'breached_met') expect(first.metAt).toBeGreaterThan(DEADLINE);
  if (first.breachedAt !== null) {
    expect(first.breachedAt).toBe(DEADLINE);
    expect(count('obligation.breached')).toBeGreaterThan(0);
  }
  expect(count('obligation.breached') - count('obligation.breach_withdrawn') - reopened).toBeLessThanOrEqual(1);
  // A level fires once or not at all, after its time, and what was cancelled never fired.
  const fired = told.filter(({ kind }) => kind === 'level.fired');
  expect(new Set(fired.map(({ data }) => data['level'])).size).toBe(fired.length);
  for (const { data } of fired) expect(Number(data['fired'])).toBeGreaterThanOrEqual(Number(data['planned']));
  for (const level of first.levels) {
    expect(fired.some(({ data }) => data['level'] === level.level)).toBe(level.state === 'fired');
    if (met || first.status === 'cancelled') expect(level.state).not.toBe('pending');
  }
}
