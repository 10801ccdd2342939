import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBench } from './bench.js';
import type { Bench } from './bench.js';
import { biteFigures } from './bites.js';
import { microFigures } from './micro/micro.js';
import { migrationFigures } from './migration.js';
import { noticeFigures } from './notices.js';
import { readOptions, USAGE } from './options.js';
import type { Options } from './options.js';
import { profile } from './profile/profile.js';
import { recordedFigures } from './recorded.js';
import { table } from './report.js';
import { Run } from './run.js';

/** `npm run bench`: takes the figures, prints a table, writes JSON. */
async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = optionsOrNull();
  if (options === null) return 2;
  if (options.micro) {
    console.log(JSON.stringify(microFigures(options.seed), null, 2));
    return 0;
  }
  mkdirSync(options.out, { recursive: true });
  if (options.profile) {
    await profile(options);
    return 0;
  }
  if (options.notices) {
    console.log(JSON.stringify(await noticeFigures(options, say), null, 2));
    return 0;
  }
  const none = { nodeArguments: [], postgresSettings: {} };
  const one = single(options);
  if (one !== null) {
    console.log(JSON.stringify(await withBench(options, none, one), null, 2));
    return 0;
  }
  const report = await withBench(options, none, (bench) => new Run(options, bench, say).report());
  const file = join(options.out, `${report.machine.takenAt.replace(/[:.]/g, '-')}-${options.server}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${table(report)}\n\n${file}`);
  return 0;
}

/** The one thing to be measured, where the command line asks for nothing else. */
function single({ migrate, bites, simulate, inFlight }: Options): ((bench: Bench) => Promise<unknown>) | null {
  if (migrate > 0) return (bench) => migrationFigures(bench, migrate, inFlight, say);
  if (bites > 0) return (bench) => biteFigures(bench, bites, inFlight, say);
  return simulate > 0 ? (bench) => recordedFigures(bench, simulate, inFlight, say) : null;
}

function optionsOrNull(): Options | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`atende: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return null;
  }
}

function say(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}

process.exitCode = await main();
