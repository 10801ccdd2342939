/**
 * Servers for all integration tests of one run: PostgreSQL and Temporal on free ports, in a temporary home. Uses the compiled
 * product, because Jest does not transform what a global setup imports.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { isStale, root } from '../../scripts/lib.mjs';

export default async function setup() {
  if (process.env.ATENDE_TEST_SERVERS) return;
  if (isStale()) await (await import('../../scripts/build.mjs')).build();
  const { startEmbedded } = await import(join(root, 'dist/src/platform/embedded/index.js'));
  const { loadConfig } = await import(join(root, 'dist/src/platform/config/index.js'));
  const { createLog } = await import(join(root, 'dist/src/platform/log/index.js'));
  const { migrate } = await import(join(root, 'dist/src/platform/database/index.js'));
  const { migrations } = await import(join(root, 'dist/migrations/index.js'));
  const home = mkdtempSync(join(tmpdir(), 'atende-test-'));
  const config = loadConfig({ ...process.env, ATENDE_HOME: home, TZ: 'UTC' });
  const log = createLog({ level: 'warn', directory: join(home, 'logs') });
  const onFatal = (error) => {
    console.error(error.line);
    process.exit(1);
  };
  const servers = await startEmbedded({ config, log, onFatal, fsync: false });
  await migrate(servers.ownerUrl, migrations);
  const { postgres } = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8'));
  const superuserUrl = new URL(servers.ownerUrl);
  superuserUrl.username = 'postgres';
  superuserUrl.password = postgres;
  superuserUrl.pathname = '/postgres';
  await makeTemplate(superuserUrl.href);
  const { findTemporalCli } = await import(join(root, 'dist/src/platform/embedded/temporal-cli.js'));
  const temporalCli = await findTemporalCli({ cli: config.temporal.cli, cacheHome: config.cacheHome, log });
  process.env.ATENDE_TEST_SERVERS = JSON.stringify({
    superuserUrl: superuserUrl.href,
    ownerUrl: servers.ownerUrl,
    appUrl: servers.appUrl,
    loopsUrl: servers.loopsUrl,
    temporalAddress: servers.temporalAddress,
    temporalCli,
    workflowBundle: join(root, 'dist/workflow-bundle.js'),
  });
  globalThis.__atendeTestServers = async () => {
    await servers.stop();
    rmSync(home, { recursive: true, force: true });
  };
}

/** A copy of the migrated database that nobody ever connects to: PostgreSQL copies no database that is in use. */
async function makeTemplate(url) {
  const superuser = new pg.Client({ connectionString: url });
  await superuser.connect();
  await superuser.query('create database atende_template template atende owner atende_owner');
  await superuser.end();
}
