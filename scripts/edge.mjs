/**
 * `npm run test:edge`: the long runs at the edges of the product: 220 random schedules of a buyer's side that misbehaves, 110 of a
 * platform that does, and 50 agents on 20 tasks for a minute. `npm test` has the short ones.
 *
 *   --seed N   the faults of the buyer's side; a random one is chosen and printed
 */
import { parseArgs } from 'node:util';
import { runTests } from './jest.mjs';

const { values } = parseArgs({ options: { seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!Number.isInteger(seed)) {
  console.error('atende: --seed takes a whole number');
  process.exit(2);
}

process.env.ATENDE_FAULTS_SEED = String(seed);
process.env.ATENDE_FAULTS_INQUIRIES = '110';
process.env.ATENDE_PLATFORM_SCHEDULES = '110';
process.env.ATENDE_CROWD_SECONDS = '60';
console.error(`edge: seed ${seed}`);
const failed = await runTests([
  '--selectProjects',
  'integration',
  '--runInBand',
  '--testPathPatterns',
  'integration/(faults|crowd|mercadolivre|shopee)',
]);
if (failed) console.error(`edge: run the same again with: npm run test:edge -- --seed ${seed}`);
process.exit(failed ? 1 : 0);
