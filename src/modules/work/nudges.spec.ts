import { Nudges } from './nudges.js';

function counting(): { readonly count: () => number; nudge(): void } {
  let nudged = 0;
  return { count: () => nudged, nudge: () => void (nudged += 1) };
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
});
