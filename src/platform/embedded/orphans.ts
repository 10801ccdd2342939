import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BootError } from '../config/index.js';
import type { Log } from '../log/index.js';
import { readIfThere } from './atomic-file.js';
import { commandOf, identityOf, isAlive, stopProcess } from './processes.js';
import type { StopStep } from './processes.js';
import { clearRunRecord, readRunRecord } from './run-record.js';
import type { ServerName, ServerProcess } from './run-record.js';

/**
 * How each server is stopped: first in order, then without waiting for it. The sum stays below ten seconds. PostgreSQL's
 * SIGINT is the fast shutdown, its SIGQUIT the immediate one, which the next start recovers from.
 */
export const STOP_STEPS: Readonly<Record<ServerName, readonly StopStep[]>> = {
  temporal: [
    { signal: 'SIGTERM', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 500 },
  ],
  postgres: [
    { signal: 'SIGINT', waitMs: 3_000 },
    { signal: 'SIGQUIT', waitMs: 700 },
    { signal: 'SIGKILL', waitMs: 300 },
  ],
};

/** Temporal before PostgreSQL: the workflow engine may still be driving work that writes. */
const ORDER: readonly ServerName[] = ['temporal', 'postgres'];

/**
 * Stops the servers that an earlier, killed run left on this home. Only a process that is provably one of them is touched:
 * by pid and start time from `run.json`, or by the data folder in its command line for the pid in `postmaster.pid`.
 * Called with the home locked.
 *
 * @param dataDir PostgreSQL's data folder, as it is given to the server
 * @throws {BootError} if one of them cannot be stopped
 */
export async function stopOrphans(home: string, dataDir: string, log: Log): Promise<void> {
  const found = [...readRunRecord(home).filter(isAlive), ...postmasterOf(dataDir)];
  for (const name of ORDER) {
    const seen = new Set<number>();
    for (const orphan of found.filter((one) => one.name === name)) {
      if (seen.has(orphan.pid)) continue;
      seen.add(orphan.pid);
      log.warn({ server: name, pid: orphan.pid }, 'stopping a server left by an earlier run');
      if (!(await stopProcess(orphan, STOP_STEPS[name]))) throw unstoppable(orphan, home);
    }
  }
  clearRunRecord(home);
}

function postmasterOf(dataDir: string): readonly ServerProcess[] {
  const path = join(dataDir, 'postmaster.pid');
  const text = readIfThere(path);
  if (text === undefined) return [];
  const pid = Number.parseInt(text, 10);
  const identity = identityOf(pid);
  if (identity !== undefined && commandOf(pid).includes(dataDir)) return [{ name: 'postgres', pid, identity }];
  // Left in place, it would keep PostgreSQL from starting as long as any process has that pid.
  rmSync(path, { force: true });
  return [];
}

function unstoppable(orphan: ServerProcess, home: string): BootError {
  return new BootError({
    variable: 'ATENDE_HOME',
    message: `${orphan.name} of an earlier run on ${home} (process ${orphan.pid}) does not stop`,
    remedy: `end it with kill -9 ${orphan.pid}`,
  });
}
