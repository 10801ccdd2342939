import { Seeded } from '../support/seeded.js';
import { KILL_POINTS } from './kill-points.js';
import type { Load, Story } from './load.js';
import { chaosOptions } from './options.js';
import { READY_WITHIN_MS, Site } from './site.js';

const { seed } = chaosOptions();

/** Inquiries that begin while one point is armed; enough that each kind of story is among them. */
const STORIES_PER_POINT = 4;

/** What must happen for one workflow to continue as new. */
const LONG: readonly Story[] = ['long', 'answered', 'noted', 'abandoned'];

/** A point that has not been passed by then is not on anybody's way; a busy machine takes its time to start the product. */
const REACHED_WITHIN_MS = 180_000;

/** A sweep that was killed is begun again when it has been silent for a minute. */
const SWEPT_WITHIN_MS = 150_000;

/**
 * The product ends itself at every named place in turn, with SIGKILL, and is started again, while buyers write and people
 * answer. Whoever got no answer asks again. In the end everything has happened exactly once.
 */
describe(`crashes (seed ${seed})`, () => {
  const chance = new Seeded(seed);
  const stories: Promise<void>[] = [];
  let site: Site;
  let load: Load;

  beforeAll(async () => {
    site = await Site.open();
    load = site.load(seed);
  }, 300_000);

  afterAll(async () => {
    await site.close();
  }, 60_000);

  it.each(chance.shuffled(KILL_POINTS))(
    'killed at %s',
    async (point) => {
      const isLong = point.startsWith('continue.');
      // One round of a migration moves everything that is open here.
      const isOnce = isLong || point === 'migration.before-done' || point === 'notice.before-done';
      const product = site.start(`${point}:${chance.between(1, isOnce ? 1 : 2)}`);
      const told = load.run(STORIES_PER_POINT, isLong ? LONG : undefined);
      // A failure is told by the last test; until then it must not end the process.
      told.catch(() => undefined);
      stories.push(told);
      if (point.startsWith('retention.')) {
        await product.ready(READY_WITHIN_MS);
        // What an earlier sweep has left may bring it to the point at any time; then nobody is there to answer the rest.
        const early = product.exit(REACHED_WITHIN_MS).catch(() => null);
        const first = await Promise.race([told.then(() => 'told' as const), early]);
        if (first === 'told') await site.endRetention(load.closed);
      }
      if (point.startsWith('notice.')) {
        await product.ready(READY_WITHIN_MS);
        await told;
        await site.endQuietHours();
      }
      const ended = product.exit(REACHED_WITHIN_MS);
      if (point.startsWith('migration.')) {
        // What an earlier migration has left may bring it to the point before anybody asks for another.
        const asked = product.ready(READY_WITHIN_MS).then(async () => {
          await told;
          await site.migrate(product);
        });
        asked.catch(() => undefined);
        await Promise.race([asked, ended]).catch(() => undefined);
      }
      const exit = await ended.catch(() => product.stop('SIGKILL').then(() => 'not reached'));
      await site.letLeasesRunOut();
      expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
    },
    2 * REACHED_WITHIN_MS + 30_000,
  );

  it('has lost, doubled and mixed up nothing', async () => {
    const product = site.start();
    await product.ready(READY_WITHIN_MS);
    await Promise.all(stories);
    expect(await site.verdict(load, SWEPT_WITHIN_MS)).toEqual([]);
    expect(load.accepted.length).toBeGreaterThanOrEqual(stories.length * STORIES_PER_POINT);
  }, 600_000);
});
