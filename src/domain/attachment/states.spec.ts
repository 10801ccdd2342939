import { afterTry, REASONS } from './states.js';

describe('reasons', () => {
  it('have a text in three languages, each its own', () => {
    const poor = Object.entries(REASONS).filter(
      ([, told]) => new Set(Object.values(told)).size !== 3 || Object.values(told).some((text) => text.length < 5),
    );
    expect(poor).toEqual([]);
  });
});

describe('a file that was not fetched', () => {
  it('is given up at once where trying again cannot help', () => {
    const next = afterTry({ kind: 'refused', reason: 'redirected' }, 1, 0);
    expect(next).toEqual({ do: 'settle', state: 'refused', reason: 'redirected' });
  });

  it('is asked for again a few times where the channel has none, and is gone then', () => {
    const tries = [1, 2, 3, 4, 5].map((tries) => afterTry({ kind: 'absent' }, tries, 0).do);
    expect(tries).toEqual(['again', 'again', 'again', 'again', 'settle']);
    expect(afterTry({ kind: 'absent' }, 5, 0)).toMatchObject({ state: 'gone', reason: 'gone_at_channel' });
  });

  it('is asked for over hours with growing pauses, never sooner than the other side says', () => {
    const pauses: number[] = [];
    for (let tries = 1; ; tries += 1) {
      const next = afterTry({ kind: 'later', retryAfterMs: null }, tries, 0);
      if (next.do === 'settle') {
        expect(next).toEqual({ do: 'settle', state: 'refused', reason: 'unreachable' });
        break;
      }
      pauses.push(next.pauseMs);
    }
    expect(pauses).toEqual([...pauses].sort((left, right) => left - right));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(3 * 3_600_000);
    expect(afterTry({ kind: 'later', retryAfterMs: 90_000 }, 1, 0)).toEqual({ do: 'again', pauseMs: 90_000 });
  });
});
