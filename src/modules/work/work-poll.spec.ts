import { jest } from '@jest/globals';
import { processNudges } from './nudges.js';
import { WorkPoll } from './work-poll.js';
import type { WorkKind } from './work-queue.js';

describe('WorkPoll', () => {
  let nudged: string[];
  let unregister: readonly (() => void)[];

  beforeEach(() => {
    jest.useFakeTimers();
    nudged = [];
    unregister = (['ring', 'sweep'] as const).map((kind) =>
      processNudges.register(kind, {
        database: {},
        nudge: () => void nudged.push(kind),
        hasRoom: () => false,
        hand: () => undefined,
      }),
    );
  });

  afterEach(() => {
    for (const end of unregister) end();
    jest.useRealTimers();
  });

  it('looks once for all, and nudges for what is due', async () => {
    let looks = 0;
    const poll = new WorkPoll(() => Promise.resolve<WorkKind[]>((looks += 1) === 1 ? ['sweep'] : []));
    const leave = [poll.join(), poll.join()];
    await jest.advanceTimersByTimeAsync(600);
    expect([looks, nudged]).toEqual([2, ['sweep']]);
    leave[0]?.();
    await jest.advanceTimersByTimeAsync(250);
    expect(looks).toBe(3);
    leave[1]?.();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(looks).toBe(3);
  });

  it('nudges everybody when it cannot look', async () => {
    const poll = new WorkPoll(() => Promise.reject(new Error('away')));
    const leave = poll.join();
    await jest.advanceTimersByTimeAsync(250);
    leave();
    expect(nudged).toEqual(['ring', 'sweep']);
  });
});
