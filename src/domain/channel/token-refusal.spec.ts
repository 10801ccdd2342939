import { afterRefusal } from './token-refusal.js';

const S = 1_000;
const MIN = 60 * S;

describe('a token that is refused', () => {
  it.each([
    [
      'is renewed at once the first time',
      null,
      0,
      240 * MIN,
      { do: 'renew', refusedAt: 240 * MIN, notBefore: 240 * MIN },
    ],
    [
      'is renewed at once when the one before it had been good for a while',
      0,
      2 * S,
      5 * MIN,
      { do: 'renew', refusedAt: 5 * MIN, notBefore: 5 * MIN },
    ],
    ['is renewed after a rest when it is new', 0, 2 * S, 3 * S, { do: 'renew', refusedAt: 0, notBefore: 33 * S }],
    [
      'is renewed after a rest until two minutes have passed',
      0,
      119 * S,
      120 * S - 1,
      { do: 'renew', refusedAt: 0, notBefore: 150 * S - 1 },
    ],
    ['is given up when new ones have been refused for two minutes', 0, 119 * S, 120 * S, { do: 'give_up' }],
    [
      'is given up when the next one was asked for minutes later, and refused too',
      0,
      5 * MIN,
      5 * MIN + S,
      { do: 'give_up' },
    ],
    [
      'is renewed when it was made long after an earlier refusal',
      0,
      240 * MIN,
      240 * MIN + S,
      { do: 'renew', refusedAt: 240 * MIN + S, notBefore: 240 * MIN + S },
    ],
  ])('%s', (_name, refusedAt, refreshedAt, now, after) => {
    expect(afterRefusal({ refusedAt, refreshedAt }, now)).toEqual(after);
  });

  it('is renewed a handful of times at most, however fast it is used', () => {
    let known = { refusedAt: null as number | null, refreshedAt: 0 };
    let now = 60 * MIN;
    for (let renewals = 0; renewals < 10; renewals += 1) {
      const after = afterRefusal(known, now);
      if (after.do === 'give_up') {
        expect(renewals).toBe(5);
        return;
      }
      known = { refusedAt: after.refusedAt, refreshedAt: Math.max(now, after.notBefore) + 1 };
      now = known.refreshedAt + 1;
    }
    throw new Error('never given up');
  });
});
