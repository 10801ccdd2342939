import { mkdirSync, realpathSync } from 'node:fs';
import { BootError } from '../config/index.js';
import type { Config } from '../config/index.js';
import type { Log } from '../log/index.js';
import { NOTHING_RUNS, describeServers } from './embedded.js';
import type { Embedded, Started } from './embedded.js';
import { lockHome } from './home-lock.js';
import { stopOrphans } from './orphans.js';
import { postgresPaths } from './postgres-files.js';
import { startPostgres } from './postgres.js';
import { clearRunRecord, writeRunRecord } from './run-record.js';
import type { ServerName, ServerProcess } from './run-record.js';
import { loadRootKey } from './secrets.js';
import type { SupervisedServer } from './supervised-server.js';
import { startTemporal } from './temporal.js';
import { Watchdog } from './watchdog.js';

export type EmbeddedOptions = {
  readonly config: Config;
  readonly log: Log;
  /** Called when a server keeps dying: print `error.line`, drain and exit with a code other than 0. */
  readonly onFatal: (error: BootError) => void;
  /** Whether PostgreSQL forces commits to disk. False is for tests only. Default true. */
  readonly fsync?: boolean;
  /** Waits (ms) before each of the restarts a minute may have, for tests that kill a server more often than any machine does. */
  readonly restartDelaysMs?: readonly number[];
};

/**
 * Starts the servers that the configuration does not name, on the home, and keeps them running until `stop`. Takes the home
 * for this process and first stops what a killed earlier run left. With both servers given it starts and takes nothing.
 *
 * @throws {BootError} if the home is taken or a server cannot be had; nothing is left running then
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { config, log } = options;
  if (!config.embedded.postgres && !config.embedded.temporal) return describeServers(config, {}, NOTHING_RUNS);
  const home = openHome(config.home);
  const lock = lockHome(home);
  const runner = new Runner(options, home);
  try {
    await stopOrphans(home, postgresPaths(home).data, log);
    const started = await runner.start();
    return describeServers(config, started, {
      processes: () => runner.processes,
      stop: async () => {
        await runner.stop();
        lock.release();
      },
    });
  } catch (error) {
    await runner.stop();
    lock.release();
    throw error;
  }
}

/** The home as an absolute path without links, so that two ways to write it are one home. */
function openHome(path: string): string {
  try {
    // Others may pass, not look: PostgreSQL's account has to reach its own folder, and each file beside that is closed to it.
    mkdirSync(path, { recursive: true, mode: 0o711 });
    return realpathSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'set it to a folder this user can write';
    throw new BootError({
      variable: 'ATENDE_HOME',
      message: `the home cannot be used (${reason})`,
      remedy,
      cause: error,
    });
  }
}

/** The servers of one run, and the note of them that outlives a kill. */
class Runner {
  readonly #options: EmbeddedOptions;
  readonly #home: string;
  readonly #processes = new Map<ServerName, ServerProcess>();
  readonly #servers = new Map<ServerName, SupervisedServer>();
  #watchdog: Watchdog | undefined;

  constructor(options: EmbeddedOptions, home: string) {
    this.#options = options;
    this.#home = home;
  }

  get processes(): readonly ServerProcess[] {
    return [...this.#processes.values()];
  }

  /** Starts both at once; when one fails the other is left to `stop`. */
  async start(): Promise<Started> {
    const { config, log, onFatal, fsync = true, restartDelaysMs } = this.#options;
    const { embedded, temporal } = config;
    const rootKey = embedded.postgres && config.rootKey === undefined ? loadRootKey(this.#home) : undefined;
    this.#watchdog = new Watchdog();
    const delays = restartDelaysMs === undefined ? {} : { restartDelaysMs };
    const common = { home: this.#home, log, onFatal, onChange: this.#onChange, ...delays };
    const [postgres, workflow] = await Promise.allSettled([
      embedded.postgres ? startPostgres({ ...common, durable: fsync }) : undefined,
      embedded.temporal ? startTemporal({ ...common, ...temporal, cacheHome: config.cacheHome }) : undefined,
    ]);
    for (const outcome of [postgres, workflow]) this.#keep(outcome);
    for (const outcome of [postgres, workflow]) if (outcome.status === 'rejected') throw outcome.reason;
    return { postgres: valueOf(postgres), temporal: valueOf(workflow), rootKey };
  }

  async stop(): Promise<void> {
    // Temporal before PostgreSQL: the workflow engine may still be driving work that writes.
    for (const name of ['temporal', 'postgres'] as const) await this.#servers.get(name)?.stop();
    this.#watchdog?.end();
    clearRunRecord(this.#home);
  }

  #keep(outcome: PromiseSettledResult<{ readonly server: SupervisedServer } | undefined>): void {
    const server = valueOf(outcome)?.server;
    if (server !== undefined) this.#servers.set(server.name, server);
  }

  readonly #onChange = (name: ServerName, running: ServerProcess | undefined): void => {
    if (running === undefined) this.#processes.delete(name);
    else this.#processes.set(name, running);
    this.#watchdog?.watch(this.processes);
    try {
      writeRunRecord(this.#home, this.processes);
    } catch (error) {
      // Only the tidying after a kill depends on the note; a full disk must not end the servers.
      this.#options.log.error({ err: error }, 'could not note the running servers');
    }
  };
}

function valueOf<T>(outcome: PromiseSettledResult<T>): T | undefined {
  return outcome.status === 'fulfilled' ? outcome.value : undefined;
}
