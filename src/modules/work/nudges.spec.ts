import { Nudges } from './nudges.js';
import type { Nudged } from './nudges.js';

const HERE = {};

/** A loop that counts, with room for some shops. */
function counting(room: readonly (string | null)[] = []): Nudged & { readonly count: () => number } {
  let nudged = 0;
  return {
    database: HERE,
    count: () => nudged,
    nudge: () => void (nudged += 1),
    hasRoom: (shopId) => room.includes(shopId),
    hand: () => undefined,
  };
}

describe('Nudges', () => {
  it('reaches every loop of the kind and no other', () => {
    const nudges = new Nudges();
    const [relay, second, dispatcher] = [counting(), counting(), counting()];
    nudges.register('ring', relay);
    nudges.register('ring', second);
    nudges.register('dispatch', dispatcher);
    nudges.nudge('ring');
    expect([relay.count(), second.count(), dispatcher.count()]).toEqual([1, 1, 0]);
  });

  it('nudges nobody for a kind without loops', () => {
    expect(() => new Nudges().nudge('lease')).not.toThrow();
  });

  it('leaves a loop in peace that has stopped, and only for that kind', () => {
    const nudges = new Nudges();
    const loop = counting();
    const stop = nudges.register('ring', loop);
    nudges.register('sweep', loop);
    stop();
    nudges.nudge('ring');
    nudges.nudge('sweep');
    expect(loop.count()).toBe(1);
  });

  it('finds a loop with room for the shop, of the kind', () => {
    const nudges = new Nudges();
    const [full, roomy] = [counting(), counting(['shop'])];
    nudges.register('dispatch', full);
    nudges.register('dispatch', roomy);
    expect(nudges.withRoom('dispatch', 'shop', HERE)).toBe(roomy);
    expect(nudges.withRoom('dispatch', 'other', HERE)).toBeUndefined();
    expect(nudges.withRoom('ring', 'shop', HERE)).toBeUndefined();
    expect(nudges.withRoom('dispatch', 'shop', {})).toBeUndefined();
  });

  it('knows what its loops do', () => {
    const nudges = new Nudges();
    nudges.register('ring', counting());
    nudges.register('sweep', counting());
    expect(nudges.kinds()).toEqual(['ring', 'sweep']);
  });
});
