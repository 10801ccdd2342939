/**
 * `npm run test:conformance`: what every channel has to keep, on all of them or on one.
 *
 *   --channel NAME    the spec `test/conformance/NAME.spec.ts` alone
 *   --schedules N     random fault schedules per channel; 300 unless given
 *   --seed N          the schedules of an earlier run
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from './jest.mjs';
import { root } from './lib.mjs';

const { values } = parseArgs({
  options: { channel: { type: 'string' }, schedules: { type: 'string' }, seed: { type: 'string' } },
});
const { channel = '', schedules, seed } = values;
const wrong = [schedules, seed].some((value) => value !== undefined && !/^\d{1,9}$/.test(value));
if (wrong || !existsSync(join(root, 'test', 'conformance', channel === '' ? 'kit.ts' : `${channel}.spec.ts`))) {
  console.error('atende: --channel takes the name of a channel, --schedules and --seed whole numbers');
  process.exit(2);
}
if (schedules !== undefined) process.env.ATENDE_CONFORMANCE_SCHEDULES = schedules;
if (seed !== undefined) process.env.ATENDE_CONFORMANCE_SEED = seed;
const only = channel === '' ? [] : ['--testPathPatterns', `conformance/${channel}\\.spec`];
process.exit((await runTests(['--selectProjects', 'conformance', ...only])) ? 1 : 0);
