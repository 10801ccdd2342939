import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseProbe } from './database.js';
import type { Installation } from './servers/installation.js';
import { closedLoop } from './pace.js';
import { cpuOf, difference } from './processes.js';
import type { ByGroup, Roots } from './processes.js';
import type { Shop } from './shop.js';
import { median, round } from './statistics.js';
import type { Twin } from './twin/twin.js';

/** One round of one side in a closed loop. */
export type Round = {
  readonly lifecycles: number;
  readonly perSecond: number;
  /** CPU ms per lifecycle, by group of processes. */
  readonly cpu: ByGroup;
  readonly cpuSum: number;
  readonly commits: number;
  readonly walBytes: number;
};

export type Load = { readonly seconds: number; readonly inFlight: number };

/** How often the idle time is taken. */
const IDLE_LOOKS = 4;

/** Groups whose time is the load's, not the side's. */
const LOAD = 'load';

/** Takes rounds of product and twin in turn, so that whatever else the machine does meets both. */
export class Rounds {
  readonly #roots: Roots;

  constructor(
    installation: Installation,
    private readonly shop: Shop,
    private readonly twin: Twin,
    private readonly probe: DatabaseProbe,
  ) {
    this.#roots = { ...installation.roots, twin: twin.pid, [LOAD]: process.pid };
  }

  /** CPU ms each group uses in a second when nothing is asked of it: the least of some looks, for upkeep comes and goes. */
  async idle(seconds: number): Promise<ByGroup> {
    const looks: ByGroup[] = [];
    for (let look = 0; look < IDLE_LOOKS; look += 1) {
      const before = cpuOf(this.#roots);
      await sleep(seconds * 1_000);
      looks.push(difference(before, cpuOf(this.#roots)));
    }
    const least = (name: string): number => Math.min(...looks.map((used) => used[name] ?? 0));
    return Object.fromEntries(Object.keys(this.#roots).map((name) => [name, round(least(name) / seconds, 1)]));
  }

  /** A round of the product. */
  product(load: Load): Promise<Round> {
    return this.#round(load, 'atende', ['product', 'postgres', 'temporal'], () =>
      closedLoop(load, async () => void (await this.shop.lifecycle())),
    );
  }

  /**
   * A round of the twin. What the product's loops use meanwhile on the servers both share is taken off.
   *
   * @param idle CPU ms a second of each group when nothing happens
   */
  twinRound(load: Load, idle: ByGroup, seed: number): Promise<Round> {
    return this.#round(load, 'twin', ['twin', 'postgres', 'temporal'], () => this.twin.run({ ...load, seed }), idle);
  }

  async #round(
    load: Load,
    database: string,
    groups: readonly string[],
    run: () => Promise<{ readonly inTime: number; readonly all: number }>,
    idle: ByGroup = {},
  ): Promise<Round> {
    const counters = await this.probe.counters(database);
    const before = cpuOf(this.#roots);
    const began = performance.now();
    const { inTime, all } = await run();
    const took = (performance.now() - began) / 1_000;
    const used = difference(before, cpuOf(this.#roots));
    // Those that ended late cost as much as the others.
    const cpu = Object.fromEntries(
      groups.map((name) => [name, round(((used[name] ?? 0) - (idle[name] ?? 0) * took) / all, 2)]),
    );
    const after = await this.probe.counters(database);
    return {
      lifecycles: all,
      perSecond: round(inTime / load.seconds, 1),
      cpu: { ...cpu, [LOAD]: database === 'twin' ? 0 : round((used[LOAD] ?? 0) / all, 2) },
      cpuSum: round(
        Object.values(cpu).reduce((sum, ms) => sum + ms, 0),
        2,
      ),
      commits: round((after.commits - counters.commits) / all, 1),
      walBytes: round((after.walBytes - counters.walBytes) / all),
    };
  }
}

/** Medians of rounds of one side, with the range of what is compared. */
export function summarize(rounds: readonly Round[]): Round & { readonly range: readonly [number, number] } {
  const of = (pick: (one: Round) => number): number => round(median(rounds.map(pick)), 2);
  const [first] = rounds;
  const groups = Object.keys(first?.cpu ?? {});
  const sums = rounds.map(({ cpuSum }) => cpuSum);
  return {
    lifecycles: rounds.reduce((sum, { lifecycles }) => sum + lifecycles, 0),
    perSecond: of(({ perSecond }) => perSecond),
    cpu: Object.fromEntries(groups.map((name) => [name, of(({ cpu }) => cpu[name] ?? 0)])),
    cpuSum: of(({ cpuSum }) => cpuSum),
    commits: of(({ commits }) => commits),
    walBytes: of(({ walBytes }) => walBytes),
    range: [Math.min(...sums), Math.max(...sums)],
  };
}
