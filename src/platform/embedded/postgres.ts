import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BootError } from '../config/index.js';
import { SERVER_ENVIRONMENT, chooseAccount } from './account.js';
import type { Account } from './account.js';
import { choosePort } from './ports.js';
import { ensureData, ensureFolder, postgresPaths, postgresPrograms } from './postgres-files.js';
import { databaseUrls, ensureRoles, ping } from './postgres-roles.js';
import type { DatabaseUrls, Endpoint } from './postgres-roles.js';
import { loadCredentials } from './secrets.js';
import { lastWords, openServerLog } from './server-log.js';
import { SupervisedServer } from './supervised-server.js';
import type { ServerPlan, Supervision } from './supervised-server.js';

/** A running embedded PostgreSQL. */
export type EmbeddedPostgres = DatabaseUrls & { readonly server: SupervisedServer };

export type PostgresOptions = Supervision & {
  readonly home: string;
  /** Whether commits reach the disk before they are answered; false is for tests only. */
  readonly durable: boolean;
};

/** Recovery replays at most `max_wal_size` (1 GB) of log, under a minute on a slow disk. */
const READY_WITHIN_MS = 120_000;

/** A port can be taken between its choice and its use, and children of a killed server live on for some milliseconds. */
const START_ATTEMPTS = 4;

/**
 * Settings for a small machine: everything idles in less than 100 MB. Statements, parameters and the details of errors stay
 * out of the server's log, because they hold what people wrote.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  max_connections: '60',
  shared_buffers: '64MB',
  effective_cache_size: '512MB',
  maintenance_work_mem: '32MB',
  io_method: 'sync',
  jit: 'off',
  autovacuum_max_workers: '2',
  max_worker_processes: '4',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
} as const;

const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } as const;

/**
 * Starts PostgreSQL on the data of a home, which are made on the first call, and makes database and logins. It recovers by
 * itself from having been killed.
 *
 * @throws {BootError} if data, account or program do not allow it, or the server does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { home, durable } = options;
  const paths = postgresPaths(home);
  const { socketFolder } = paths;
  const credentials = loadCredentials(home);
  ensureFolder(paths);
  const account = await chooseAccount(join(postgresPrograms(), 'postgres'), paths.folder);
  await ensureData(paths, account, credentials.postgres, durable);
  const { server, port } = await startWithRetries(options, async () => {
    const chosen = await choosePort(paths.portFile);
    return [plan(options, account, { port: chosen, socketFolder, credentials }), chosen];
  });
  const endpoint = { port, socketFolder, credentials };
  try {
    await ensureRoles(endpoint);
  } catch (error) {
    await server.stop();
    throw isWrongPassword(error) ? wrongPassword(error, home) : cannotStart(error, lastWords(home, 'postgres'));
  }
  return { ...databaseUrls(endpoint), server };
}

async function startWithRetries(
  options: PostgresOptions,
  next: () => Promise<readonly [ServerPlan, number]>,
): Promise<{ readonly server: SupervisedServer; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const [nextPlan, port] = await next();
    try {
      return { server: await SupervisedServer.start(nextPlan, options), port };
    } catch (error) {
      if (isWrongPassword(error)) throw wrongPassword(error, options.home);
      if (attempt >= START_ATTEMPTS) throw cannotStart(error, nextPlan.lastWords());
      options.log.warn({ server: 'postgres', err: error, attempt }, 'server did not start, trying again');
      await sleep(200 * attempt);
    }
  }
}

function plan(options: PostgresOptions, account: Account, endpoint: Endpoint): ServerPlan {
  const { home, durable } = options;
  const settings = {
    ...SETTINGS,
    ...(durable ? {} : NOT_DURABLE),
    port: String(endpoint.port),
    unix_socket_directories: endpoint.socketFolder === null ? '' : quotedFolder(endpoint.socketFolder),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = account.wrap(join(postgresPrograms(), 'postgres'), [
    '-D',
    postgresPaths(home).data,
    ...flags,
  ]);
  return {
    name: 'postgres',
    readyWithinMs: READY_WITHIN_MS,
    lastWords: () => lastWords(home, 'postgres'),
    ready: (signal) => untilAnswers(endpoint, signal),
    spawn: () => {
      const out = openServerLog(home, 'postgres');
      try {
        return spawn(command, args, {
          ...account.spawn,
          ...{ cwd: '/', env: SERVER_ENVIRONMENT, stdio: ['ignore', out, out], detached: true },
        });
      } finally {
        closeSync(out);
      }
    },
  };
}

/** The setting is a list; a folder's name may hold what separates its items. */
function quotedFolder(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`;
}

async function untilAnswers(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await ping(endpoint);
    } catch (error) {
      if (isWrongPassword(error)) throw error;
      signal.throwIfAborted();
      await sleep(30);
    }
  }
}

/** Codes 28000 and 28P01: the server is up and knows another password. */
function isWrongPassword(error: unknown): boolean {
  return /^28/.test(String((error as { readonly code?: unknown } | null)?.code));
}

function wrongPassword(error: unknown, home: string): BootError {
  return new BootError({
    variable: 'ATENDE_HOME',
    message: `the embedded PostgreSQL does not accept ${join(home, 'credentials.json')}`,
    remedy: 'restore that file from a backup, or set ATENDE_HOME to a new folder to begin anew',
    cause: error,
  });
}

function cannotStart(error: unknown, words: string): BootError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BootError({
    variable: 'ATENDE_HOME',
    message: `the embedded PostgreSQL does not start (${reason}), its last words: ${words}`,
    remedy: 'read logs/postgres.log under ATENDE_HOME, or set DATABASE_URL to a PostgreSQL 18 server',
    cause: error,
  });
}
