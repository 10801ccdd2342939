import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withBench } from '../bench.js';
import type { Options } from '../options.js';
import { closedLoop } from '../pace.js';
import { flameGraph } from './flame-graph.js';
import { resetStatements, topStatements } from './statements.js';
import { callTree, topSelf } from './stacks.js';
import type { CpuProfile } from './stacks.js';

/** Sampling interval in microseconds: fine enough to see a millisecond's parts, coarse enough not to cost much. */
const INTERVAL_MICROS = '500';

/**
 * Runs the product under a profiler and writes, into a folder of its own: a CPU profile and a flame graph per thread, where
 * the time went by function and by package, and the statements of PostgreSQL by total time.
 */
export async function profile(options: Options): Promise<void> {
  const folder = resolve(options.out, `profile-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  mkdirSync(folder, { recursive: true });
  const special = {
    nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL_MICROS}`],
    postgresSettings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' },
  };
  const text = await withBench(options, special, async ({ shop, probe }) => {
    const load = { seconds: options.warmUpSeconds, inFlight: options.inFlight };
    await closedLoop(load, async () => void (await shop.lifecycle()));
    await resetStatements(probe);
    const { all } = await closedLoop(options, async () => void (await shop.lifecycle()));
    return topStatements(probe, all);
  });
  writeFileSync(join(folder, 'statements.txt'), text);
  const threads = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  for (const name of threads) describe(folder, name);
  console.log(`${text}\n${threads.length} CPU profiles, flame graphs and lists in ${folder}`);
}

function describe(folder: string, name: string): void {
  const cpuProfile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
  const base = join(folder, name.replace(/\.cpuprofile$/, ''));
  writeFileSync(`${base}.svg`, flameGraph(callTree(cpuProfile)));
  writeFileSync(`${base}.txt`, topSelf(cpuProfile));
}
