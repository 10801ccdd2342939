import { execFileSync } from 'node:child_process';
import { readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDemo, readPort, readServers, setParameters, urlOf } from './home.js';
import type { Installation, InstallationOptions } from './installation.js';
import { ProductProcess } from './product-process.js';

/** The product with the servers it brings: what a newcomer runs. */
export async function startWithEmbedded(options: InstallationOptions): Promise<Installation> {
  const { home, nodeArguments, postgresSettings, environment = {} } = options;
  if (Object.keys(postgresSettings).length > 0) {
    const first = await ProductProcess.start(home, {}, []);
    await setParameters(urlOf(home, readPort(home, 'postgres.port'), 'postgres', 'postgres'), postgresSettings);
    await first.stop();
  }
  const product = await ProductProcess.start(home, environment, nodeArguments);
  const servers = readServers(home);
  const temporal = servers.get('temporal') ?? 0;
  return {
    demo: readDemo(home),
    temporalAddress: `127.0.0.1:${readPort(home, 'temporal.port')}`,
    temporalServer: `dev server, SQLite file (${versionOf(temporal)})`,
    roots: { product: product.pid, postgres: servers.get('postgres') ?? 0, temporal },
    databaseUrl: (database) => urlOf(home, readPort(home, 'postgres.port'), 'postgres', database),
    temporalBytes: () => Promise.resolve(sizeOf(join(home, 'temporal.db')) + sizeOf(join(home, 'temporal.db-wal'))),
    stop: () => product.stop(),
  };
}

function versionOf(pid: number): string {
  return execFileSync(readlinkSync(`/proc/${pid}/exe`), ['--version'], { encoding: 'utf8' }).trim();
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
