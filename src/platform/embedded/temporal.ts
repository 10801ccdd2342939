import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { BootError } from '../config/index.js';
import { SERVER_ENVIRONMENT } from './account.js';
import { choosePort, untilAccepts } from './ports.js';
import { lastWords, openServerLog } from './server-log.js';
import { SupervisedServer } from './supervised-server.js';
import type { ServerPlan, Supervision } from './supervised-server.js';
import { findTemporalCli } from './temporal-cli.js';

/** A running embedded Temporal server. */
export type EmbeddedTemporal = { readonly address: string; readonly server: SupervisedServer };

export type TemporalOptions = Supervision & {
  readonly home: string;
  readonly cacheHome: string;
  readonly namespace: string;
  readonly cli: string | undefined;
};

const READY_WITHIN_MS = 60_000;
const START_ATTEMPTS = 3;

/** The server makes its database with the permissions it is given; the default would let every user of the machine read it. */
const CLOSED_TO_OTHERS = 'umask 077; exec "$0" "$@"';

/** What operators may filter workflows by; set at start only, so that changing them never costs an action. */
const SEARCH_ATTRIBUTES = ['AtendeTenant=Keyword', 'AtendeDefinition=Keyword', 'AtendeChannel=Keyword'] as const;

/**
 * Where the development server differs from a cluster and should not: eager activities and fair dispatch are off in it,
 * rates are those of a demonstration, and each read looks up search attributes again. One partition per task queue suits
 * one machine.
 */
const DYNAMIC_CONFIG = {
  'system.enableActivityEagerExecution': true,
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'frontend.namespaceRPS.visibility': 200,
  'frontend.enableServerVersionCheck': false,
} as const;

/**
 * Starts the Temporal development server on `<home>/temporal.db`, with the namespace and search attributes of the product.
 *
 * @throws {BootError} if no CLI is found or the server does not come up
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const cli = await findTemporalCli(options);
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(temporalPortFile(options.home));
    try {
      const server = await SupervisedServer.start(plan(options, cli, port), options);
      return { address: `127.0.0.1:${port}`, server };
    } catch (error) {
      if (attempt >= START_ATTEMPTS) throw cannotStart(error, lastWords(options.home, 'temporal'));
      options.log.warn({ server: 'temporal', err: error, attempt }, 'server did not start, trying again');
    }
  }
}

/** Where the port of a home's server is noted. */
export function temporalPortFile(home: string): string {
  return join(home, 'temporal.port');
}

function plan(options: TemporalOptions, cli: string, port: number): ServerPlan {
  const { home, namespace } = options;
  const args = [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--db-filename', join(home, 'temporal.db'), '--namespace', namespace, '--log-level', 'warn'],
    ...SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]),
    ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
  return {
    name: 'temporal',
    readyWithinMs: READY_WITHIN_MS,
    lastWords: () => lastWords(home, 'temporal'),
    ready: (signal) => untilServes(port, namespace, signal),
    spawn: () => {
      const out = openServerLog(home, 'temporal');
      try {
        // A home of its own keeps the profile of the user's CLI, which may name another server, out of it.
        const env = { ...SERVER_ENVIRONMENT, HOME: home };
        return spawn('/bin/sh', ['-c', CLOSED_TO_OTHERS, cli, ...args], {
          cwd: home,
          env,
          stdio: ['ignore', out, out],
          detached: true,
        });
      } finally {
        closeSync(out);
      }
    },
  };
}

/** The port opens before the namespace can be used. */
async function untilServes(port: number, namespace: string, signal: AbortSignal): Promise<void> {
  await untilAccepts(port, signal);
  for (;;) {
    try {
      const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 2_000, tls: false });
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return;
      } finally {
        await connection.close();
      }
    } catch {
      signal.throwIfAborted();
      await sleep(50);
    }
  }
}

function cannotStart(error: unknown, words: string): BootError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BootError({
    variable: 'TEMPORAL_CLI',
    message: `the embedded Temporal server does not start (${reason}), its last words: ${words}`,
    remedy: 'read logs/temporal.log under ATENDE_HOME, or set TEMPORAL_ADDRESS to a running server',
    cause: error,
  });
}
