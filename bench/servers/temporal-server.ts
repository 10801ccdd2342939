import { execFileSync, spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { end, freePort } from './postgres-server.js';
import type { TemporalBuild } from './temporal-build.js';

/** A Temporal Server on PostgreSQL. */
export type TemporalServer = { readonly pid: number; readonly address: string; stop(): Promise<void> };

/** Its two databases. */
export const TEMPORAL_DATABASES = ['temporal', 'temporal_visibility'] as const;

const READY_WITHIN_MS = 60_000;
const KEYWORD = 2;
const DAY_SECONDS = 86_400;

/** As the embedded server is set: what differs from a cluster's defaults is what one machine wants. */
const DYNAMIC = {
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
} as const;

type Login = { readonly host: string; readonly port: number; readonly user: string; readonly password: string };

/** Makes both databases, starts the server and its namespace with the product's search attributes. */
export async function startTemporalServer(build: TemporalBuild, folder: string, login: Login): Promise<TemporalServer> {
  for (const database of TEMPORAL_DATABASES) createDatabase(build, login, database);
  const ports = await Promise.all(Array.from({ length: 8 }, freePort));
  const config = join(folder, 'temporal-server.yaml');
  const dynamic = join(folder, 'temporal-dynamic.yaml');
  writeFileSync(
    dynamic,
    JSON.stringify(Object.fromEntries(Object.entries(DYNAMIC).map(([k, value]) => [k, [{ value }]]))),
  );
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configuration(login, ports, dynamic), null, 2));
  const log = openSync(join(folder, 'temporal-server.log'), 'a');
  const child = spawn(build.server, ['--config-file', config, '--allow-no-auth', 'start'], {
    stdio: ['ignore', log, log],
  });
  const address = `127.0.0.1:${ports[0] ?? 0}`;
  await prepareNamespace(address);
  return { pid: child.pid ?? 0, address, stop: () => end(child, 'SIGTERM') };
}

function createDatabase({ sqlTool, schema }: TemporalBuild, login: Login, database: string): void {
  const { host, port, user, password } = login;
  const versions = join(schema, database === 'temporal' ? 'temporal' : 'visibility', 'versioned');
  const connect = [
    '--plugin',
    'postgres12',
    '--ep',
    host,
    '-p',
    String(port),
    '-u',
    user,
    '--pw',
    password,
    '--db',
    database,
  ];
  for (const command of [['create'], ['setup-schema', '-v', '0.0'], ['update-schema', '-d', versions]]) {
    execFileSync(sqlTool, [...connect, ...command], { stdio: 'pipe' });
  }
}

function configuration(login: Login, ports: readonly number[], dynamic: string): object {
  const store = (databaseName: string, maxConns: number): object => ({
    sql: {
      ...{ pluginName: 'postgres12', databaseName, connectAddr: `${login.host}:${login.port}`, connectProtocol: 'tcp' },
      ...{ user: login.user, password: login.password, maxConns, maxIdleConns: maxConns, maxConnLifetime: '1h' },
    },
  });
  const service = (index: number): object => ({
    rpc: { grpcPort: ports[index * 2], membershipPort: ports[index * 2 + 1], bindOnLocalHost: true },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'default', visibilityStore: 'visibility', numHistoryShards: 4 },
      datastores: { default: store('temporal', 20), visibility: store('temporal_visibility', 4) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: { frontend: service(0), matching: service(1), history: service(2), worker: service(3) },
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${ports[0]}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '10s' },
  };
}

/** The frontend answers before namespaces can be used; every step is tried until it works. */
async function prepareNamespace(address: string): Promise<void> {
  const connection = await insisting(() => Connection.connect({ address, connectTimeout: 2_000 }));
  const namespace = 'default';
  const keyword = (name: string): [string, number] => [name, KEYWORD];
  const attributes = ['AtendeTenant', 'AtendeDefinition', 'AtendeChannel'];
  await insisting(() =>
    connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
    }),
  );
  await insisting(() =>
    connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(attributes.map(keyword)),
    }),
  );
  await insisting(() => connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 }));
  await connection.close();
}

async function insisting<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(250);
    }
  }
}
