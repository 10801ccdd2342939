/**
 * `npm run test:chaos`: kills the product and its servers under load and checks that nothing was lost or doubled.
 *
 *   --seed N      the course of events; a random one is chosen and printed
 *   --minutes M   how long PostgreSQL and then Temporal are killed again and again (3)
 *   --ci          a fixed seed and 40 seconds, without the outage of two minutes
 *
 * Everything else goes to Jest, for example `--testPathPatterns crashes`. The last line says how many passed and failed.
 */
import { parseArgs } from 'node:util';
import { runTests } from './jest.mjs';

const { values, tokens } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string' }, ci: { type: 'boolean' } },
  strict: false,
  tokens: true,
});
const own = ['seed', 'minutes', 'ci'];
const seed = Number(values.seed ?? (values.ci ? 1 : Math.floor(Math.random() * 1_000_000)));
const seconds = values.minutes === undefined ? (values.ci ? 40 : 180) : Number(values.minutes) * 60;
if (!Number.isInteger(seed) || !(seconds > 0)) {
  console.error('atende: --seed takes a whole number, --minutes a number above 0');
  process.exit(2);
}

process.env.ATENDE_CHAOS_SEED = String(seed);
process.env.ATENDE_CHAOS_SECONDS = String(seconds);
console.error(`chaos: seed ${seed}, ${seconds} s of dying servers`);
const left = values.ci ? ['--testPathIgnorePatterns', 'chaos/outage'] : [];
const failed = await runTests(['--config', 'test/chaos/jest.config.js', '--runInBand', ...left, ...passedOn()]);
if (failed)
  console.error(
    `chaos: run the same again with: npm run test:chaos -- --seed ${seed} --minutes ${(seconds / 60).toFixed(2)}`,
  );
process.exit(failed ? 1 : 0);

/** The arguments that are not ours, as they came. */
function passedOn() {
  const ours = new Set();
  for (const token of tokens) {
    if (token.kind !== 'option' || !own.includes(token.name)) continue;
    ours.add(token.index);
    if (token.value !== undefined && !token.inlineValue) ours.add(token.index + 1);
  }
  return process.argv.slice(2).filter((_, index) => !ours.has(index));
}
