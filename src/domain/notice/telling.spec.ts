import fc from 'fast-check';
import { afterTelling, isUnderWay, nextTelling, untellable, withdrawn } from './telling.js';
import type { Telling, TellingOutcome } from './telling.js';

const MINUTE = 60_000;
const TIMEOUT = 10_000;

const queued = (means: Telling['means'], urgent = false): Telling => ({
  ...{ state: 'queued', means, urgent, attempts: 0, startedAt: null, leaseUntil: null },
  ...{ queuedAt: 0, dueAt: 0 },
});

const begun = (telling: Telling, now: number): Telling => {
  const step = nextTelling(telling, now, TIMEOUT);
  if (step.do !== 'tell') throw new Error(`Nothing is told: ${step.do}`);
  return step.next;
};

describe('a notice on its way out', () => {
  it('is recorded as begun before it is told, and nobody else takes it meanwhile', () => {
    const sending = begun(queued('email'), 0);
    expect(sending).toMatchObject({ state: 'sending', attempts: 1, startedAt: 0 });
    expect(nextTelling(sending, 1, TIMEOUT)).toEqual({ do: 'wait', until: sending.leaseUntil });
  });

  it('waits until it may leave', () => {
    expect(nextTelling({ ...queued('email'), dueAt: 9 }, 8, TIMEOUT)).toEqual({ do: 'wait', until: 9 });
  });

  it.each<[Telling['means'], TellingOutcome, Telling['state']]>([
    ['email', { kind: 'taken' }, 'delivered'],
    ['email', { kind: 'refused', code: 'smtp_550' }, 'refused'],
    ['email', { kind: 'not_taken', code: 'smtp_451', retryAfterMs: null }, 'queued'],
    ['email', { kind: 'unknown', code: 'etimedout' }, 'uncertain'],
    ['webhook', { kind: 'unknown', code: 'http_500' }, 'queued'],
    ['webhook', { kind: 'refused', code: 'http_404' }, 'refused'],
  ])('by %s: %j leaves it %s', (means, outcome, state) => {
    expect(afterTelling(begun(queued(means), 0), outcome, 100, 0.5).next.state).toBe(state);
  });

  it.each<[Telling['means'], Telling['state']]>([
    ['email', 'uncertain'],
    ['webhook', 'queued'],
  ])('whose maker vanished is, by %s, %s', (means, state) => {
    const sending = begun(queued(means), 0);
    const step = nextTelling(sending, (sending.leaseUntil ?? 0) + 1, TIMEOUT);
    expect(step.do === 'settle' ? step.transition.next.state : step.do).toBe(state);
  });

  it('that cannot be sent is refused, or uncertain when it may have been', () => {
    expect(untellable(queued('email'), 'no_address').next.state).toBe('refused');
    expect(untellable(begun(queued('email'), 0), 'no_address').next.state).toBe('uncertain');
    expect(withdrawn(queued('email'), 'read').next.state).toBe('withdrawn');
  });

  it.each([
    [true, 3 * MINUTE],
    [false, 15 * MINUTE],
  ])('urgent %s: is given up after %i ms, so that somebody else is told', (urgent, patience) => {
    let telling = queued('webhook', urgent);
    let now = 0;
    for (let guard = 0; isUnderWay(telling) && guard < 1_000; guard += 1) {
      const begins = begun(telling, now);
      telling = afterTelling(begins, { kind: 'not_taken', code: 'econnrefused', retryAfterMs: null }, now, 1).next;
      now = Math.max(now, telling.dueAt);
    }
    expect(telling.state).toBe('refused');
    expect(now).toBeGreaterThan(patience / 2);
    expect(now).toBeLessThanOrEqual(patience);
  });

  it('by mail is never handed in again once it may have been taken', () => {
    const outcomes: fc.Arbitrary<TellingOutcome | 'crash'> = fc.oneof(
      fc.constantFrom<TellingOutcome | 'crash'>('crash', { kind: 'taken' }, { kind: 'unknown', code: 'econnection' }),
      fc.constantFrom<TellingOutcome>(
        { kind: 'refused', code: 'smtp_550' },
        { kind: 'not_taken', code: 'smtp_451', retryAfterMs: null },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(outcomes, { maxLength: 8 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (all, chance) => {
          let telling = queued('email');
          let maybeTaken = 0;
          for (const outcome of all) {
            const now = Math.max(telling.dueAt, (telling.leaseUntil ?? -1) + 1);
            const step = nextTelling(telling, now, TIMEOUT);
            if (step.do === 'wait') break;
            if (step.do === 'settle') {
              telling = step.transition.next;
              continue;
            }
            expect(maybeTaken).toBe(0);
            if (outcome === 'crash' || outcome.kind === 'taken' || outcome.kind === 'unknown') maybeTaken += 1;
            telling = outcome === 'crash' ? step.next : afterTelling(step.next, outcome, now, chance).next;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
