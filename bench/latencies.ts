import { setTimeout as sleep } from 'node:timers/promises';
import { openLoop } from './pace.js';
import { CLOCK_PREFIX } from './shop.js';
import type { Shop, Timing } from './shop.js';
import { distribution } from './statistics.js';
import type { Distribution } from './statistics.js';

/** How long steps take while arrivals come at random, in ms. */
export type Latencies = {
  readonly perSecond: number;
  readonly arrivals: number;
  readonly accept: Distribution;
  readonly acknowledge: Distribution;
  readonly reply: Distribution;
  readonly close: Distribution;
  /** Late by, of timers that fell due meanwhile. */
  readonly timers: Distribution;
};

/** A message on short clocks every so often, beside the others. */
const CLOCKS_PER_SECOND = 1;

/** Both levels of a short clock have fired by then. */
const CLOCK_OVER_MS = 9_000;

/** Takes latencies at a rate of arrivals; `onDone` is told of each inquiry that ran to its end. */
export async function latencies(
  shop: Shop,
  load: { readonly seconds: number; readonly perSecond: number; readonly random: () => number },
  onDone: (inquiryId: string) => void,
): Promise<Latencies> {
  const timings: Timing[] = [];
  const clocks: Promise<string>[] = [];
  const arrivals = openLoop(load, async (planned) => {
    const timing = await shop.lifecycle(planned);
    timings.push(timing);
    onDone(timing.inquiryId);
  });
  for (let count = 0; count < load.seconds * CLOCKS_PER_SECOND; count += 1) {
    clocks.push(shop.open(CLOCK_PREFIX));
    await sleep(1_000 / CLOCKS_PER_SECOND);
  }
  const opened = await Promise.all(clocks);
  const count = await arrivals;
  await sleep(CLOCK_OVER_MS);
  const late = await Promise.all(opened.map((id) => shop.lateness(id)));
  await Promise.all(opened.map((id) => shop.giveUp(id)));
  const of = (pick: (timing: Timing) => number): Distribution => distribution(timings.map(pick));
  return {
    perSecond: load.perSecond,
    arrivals: count,
    accept: of(({ accept }) => accept),
    acknowledge: of(({ acknowledge }) => acknowledge),
    reply: of(({ reply }) => reply),
    close: of(({ close }) => close),
    timers: distribution(late.flat()),
  };
}
