import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from '../support/product.js';
import { Seeded } from '../support/seeded.js';
import type { Load } from './load.js';
import { chaosOptions } from './options.js';
import { READY_WITHIN_MS, Site } from './site.js';

const { seed, seconds } = chaosOptions();

const AT_ONCE = 3;

/** After the last kill: leases of half a minute, and what waits in turn behind them. */
const RECOVERED_WITHIN_MS = 150_000;

/** How often, of 1, the second worker dies together with a server. */
const WORKER_DIES = 0.3;

/**
 * The servers are killed again and again under the running product, which nobody restarts. A second worker shares its work,
 * and is killed now and then too: what it had begun the first one must take up.
 */
describe(`servers that die (seed ${seed}, ${seconds} s)`, () => {
  let site: Site;
  let load: Load;
  let second: Product;

  const startSecond = (): Product => site.start(undefined, { ATENDE_ROLE: 'worker' });

  beforeAll(async () => {
    site = await Site.open();
    await site.start().ready(READY_WITHIN_MS);
    second = startSecond();
    load = site.load(seed);
  }, 500_000);

  afterAll(async () => {
    await site.close();
  }, 60_000);

  it.each(['postgres', 'temporal'] as const)(
    '%s, every 5 to 10 seconds',
    async (name) => {
      const chance = new Seeded(seed);
      const until = Date.now() + seconds * 1_000;
      const told = load.runFor(seconds * 1_000, AT_ONCE);
      told.catch(() => undefined);
      while (Date.now() < until) {
        await sleep(chance.between(5_000, 10_000));
        site.killServer(name);
        if (!chance.chance(WORKER_DIES)) continue;
        await second.stop('SIGKILL');
        second = startSecond();
      }
      await told;
      expect(await site.verdict(load, RECOVERED_WITHIN_MS)).toEqual([]);
    },
    seconds * 1_000 + RECOVERED_WITHIN_MS + 300_000,
  );
});
