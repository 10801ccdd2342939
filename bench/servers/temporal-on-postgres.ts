import { join } from 'node:path';
import { DatabaseProbe } from '../database.js';
import { readCredentials, readDemo, setParameters, readPort, urlOf } from './home.js';
import type { Installation, InstallationOptions } from './installation.js';
import { startPostgres } from './postgres-server.js';
import { ProductProcess } from './product-process.js';
import { buildTemporal } from './temporal-build.js';
import { startTemporalServer, TEMPORAL_DATABASES } from './temporal-server.js';

/**
 * The product beside a Temporal Server that keeps its data in the same PostgreSQL. The demo tenants are made by a first start
 * with embedded servers; the second start is given the servers by address, as an operator's would be.
 */
export async function startWithTemporalOnPostgres(options: InstallationOptions): Promise<Installation> {
  const { home, nodeArguments, postgresSettings } = options;
  const build = buildTemporal();
  const first = await ProductProcess.start(home, {}, []);
  await setParameters(urlOf(home, readPort(home, 'postgres.port'), 'postgres', 'postgres'), postgresSettings);
  await first.stop();
  const postgres = await startPostgres(home);
  const login = { host: '127.0.0.1', port: postgres.port, user: 'postgres', password: readCredentials(home).postgres };
  const temporal = await startTemporalServer(build, home, login);
  const url = (name: 'atende_owner' | 'atende_app' | 'atende_loops'): string =>
    urlOf(home, postgres.port, name, 'atende');
  const environment = {
    DATABASE_URL: url('atende_owner'),
    DATABASE_APP_URL: url('atende_app'),
    DATABASE_LOOPS_URL: url('atende_loops'),
    TEMPORAL_ADDRESS: temporal.address,
    ATENDE_ROOT_KEY_FILE: join(home, 'root.key'),
    ATENDE_EGRESS_ALLOW: '127.0.0.1',
    // Written to a file as with embedded servers; standard output is read by us.
    ATENDE_LOG_LEVEL: 'warn',
  };
  const product = await ProductProcess.start(home, environment, nodeArguments);
  return {
    demo: { ...readDemo(home), baseUrl: product.baseUrl },
    temporalAddress: temporal.address,
    temporalServer: 'Temporal Server on PostgreSQL, 4 shards',
    roots: { product: product.pid, postgres: postgres.pid, temporal: temporal.pid },
    databaseUrl: (database) => urlOf(home, postgres.port, 'postgres', database),
    temporalBytes: () => bytesOf(urlOf(home, postgres.port, 'postgres', 'postgres')),
    stop: async () => {
      await product.stop();
      await temporal.stop();
      await postgres.stop();
    },
  };
}

async function bytesOf(url: string): Promise<number> {
  const probe = await DatabaseProbe.connect(url);
  try {
    return await probe.bytesOf(TEMPORAL_DATABASES);
  } finally {
    await probe.close();
  }
}
