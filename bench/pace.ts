import { setTimeout as sleep } from 'node:timers/promises';

/** How long somebody thinks between two steps, in ms: without it, steps meet in one workflow task and cost less. */
const THINK_MS = { least: 100, most: 300 };

/** Waits as long as somebody would think. */
export function think(random: () => number): Promise<void> {
  return sleep(THINK_MS.least + random() * (THINK_MS.most - THINK_MS.least));
}

/**
 * Keeps `inFlight` runs of something going for `seconds`, then lets those under way end.
 *
 * @returns how many began and ended within the time, how many in all, and the first error
 */
export async function closedLoop(
  load: { readonly seconds: number; readonly inFlight: number },
  once: () => Promise<void>,
): Promise<{ readonly inTime: number; readonly all: number }> {
  const until = performance.now() + load.seconds * 1_000;
  let inTime = 0;
  let all = 0;
  const runner = async (index: number): Promise<void> => {
    // Not all at one instant.
    await sleep(index * 15);
    while (performance.now() < until) {
      await once();
      all += 1;
      if (performance.now() <= until) inTime += 1;
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, (_, index) => runner(index)));
  return { inTime, all };
}

/**
 * Starts something at random instants, `perSecond` on average, however long each takes: who waits does not hold others
 * back. `once` gets the instant it was planned for (`performance.now()`), from which its waiting counts.
 */
export async function openLoop(
  load: { readonly seconds: number; readonly perSecond: number; readonly random: () => number },
  once: (planned: number) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  const under: Promise<void>[] = [];
  for (let planned = began; ;) {
    planned += (-Math.log(1 - load.random()) / load.perSecond) * 1_000;
    if (planned - began > load.seconds * 1_000) break;
    const wait = planned - performance.now();
    if (wait > 0) await sleep(wait);
    under.push(once(planned));
  }
  await Promise.all(under);
  return under.length;
}

/** Runs something `count` times, `inFlight` at once. */
export async function times(count: number, inFlight: number, once: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await once(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, inFlight) }, runner));
}
