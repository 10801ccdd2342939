import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { migrations } from '../migrations/index.js';
import { createAdapter } from './api/http-server.js';
import { Readiness } from './api/system/readiness.js';
import { AppModule } from './app.module.js';
import { DemoBuyer, demoCredentials, DemoSeed, readDemoFiles } from './modules/demo/index.js';
import type { DemoCredentials } from './modules/demo/index.js';
import { assertUtc, BootError, ConfigError, loadConfig } from './platform/config/index.js';
import type { Config } from './platform/config/index.js';
import { Vault } from './platform/crypto/index.js';
import { Database, migrate } from './platform/database/index.js';
import { Egress } from './platform/egress/index.js';
import { checkDatabase, checkTemporal, explainListenError, startEmbedded, writeAtomically } from './platform/embedded/index.js';
import type { Embedded } from './platform/embedded/index.js';
import { createLog, NestLog } from './platform/log/index.js';
import type { Log } from './platform/log/index.js';
import type { Runtime } from './platform/nest/index.js';
import { connectTemporal, installRuntime } from './platform/temporal/index.js';

/** The whole shutdown takes less; beyond it something hangs and is left behind. */
const SHUTDOWN_LIMIT_MS = 14_000;

/** What `stop` undoes, newest first. */
type Undo = () => Promise<void> | void;

/** Starts this process as its configuration says, and stops it in order on a signal. Never throws; sets the exit code. */
export async function boot(): Promise<void> {
  const undo: Undo[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (code: number): Promise<void> => (stopping ??= shutDown(undo, code));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(Number(process.exitCode ?? 0)));
  try {
    await start(undo, (error) => {
      console.error(error.line);
      void stop(1);
    });
  } catch (error) {
    complain(error);
    await stop(1);
  }
}

async function shutDown(undo: Undo[], code: number): Promise<void> {
  const limit = setTimeout(() => process.exit(code === 0 ? 1 : code), SHUTDOWN_LIMIT_MS);
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      console.error('atende: while stopping:', error);
    }
  }
  clearTimeout(limit);
  process.exit(code);
}

/** Expected failures are one line that names what to change; anything else is shown whole. */
function complain(error: unknown): void {
  if (error instanceof BootError) console.error(error.line);
  else if (error instanceof ConfigError) for (const line of error.lines) console.error(line);
  else console.error(error);
}

async function start(undo: Undo[], onFatal: (error: BootError) => void): Promise<void> {
  assertUtc();
  const config = loadConfig();
  const log = createLog(config.log);
  const embedded = await startEmbedded({ config, log, onFatal });
  undo.push(() => embedded.stop());
  if (!config.embedded.postgres) await checkDatabase(embedded.ownerUrl);
  await migrate(embedded.ownerUrl, migrations);
  if (config.role === 'migrate') return void (await finishMigration(undo));
  if (!config.embedded.temporal) await checkTemporal({ ...config.temporal, address: embedded.temporalAddress });
  installRuntime(log, undefined);
  const runtime = await connect(config, log, embedded, undo);
  const credentials = config.demo && embedded.rootKey ? demoOf(embedded.rootKey) : null;
  const buyer = credentials === null ? null : new DemoBuyer([credentials.demo.webhookSecret, credentials.other.webhookSecret]);
  if (buyer) {
    await buyer.start();
    undo.push(() => buyer.stop());
  }
  const app = await createApp(runtime, buyer, undo);
  if (credentials !== null) await seedDemo(app, credentials);
  await listen(app, config);
  const baseUrl = await app.getUrl();
  if (credentials !== null) writeDemo(config, baseUrl, credentials);
  if (config.role !== 'worker') app.get(Readiness, { strict: false }).started();
  greet(config, baseUrl, credentials !== null);
}

async function finishMigration(undo: Undo[]): Promise<void> {
  console.log('atende: the schema is up to date');
  await shutDown(undo, 0);
}

async function connect(config: Config, log: Log, embedded: Embedded, undo: Undo[]): Promise<Runtime> {
  const { rootKey } = embedded;
  if (rootKey === undefined) {
    throw new BootError({ variable: 'ATENDE_ROOT_KEY', message: 'no root key is set', remedy: 'set it to 32 random bytes in base64, the same for every process' });
  }
  const restricted = (own: string | undefined, role: string): { role?: string } =>
    config.embedded.postgres || own !== undefined ? {} : { role };
  const database = await Database.connect({
    url: embedded.appUrl,
    poolSize: config.database.poolSize,
    ...restricted(config.database.appUrl, 'atende_app'),
  });
  undo.push(() => database.close());
  const loopsRole = restricted(config.database.loopsUrl, 'atende_loops').role;
  const loops = new pg.Pool({
    connectionString: embedded.loopsUrl,
    max: 6,
    application_name: 'atende loops',
    connectionTimeoutMillis: 2_000,
    ...(loopsRole === undefined ? {} : { options: `-c role=${loopsRole}` }),
  });
  loops.on('error', (error) => log.warn({ err: error }, 'idle connection lost'));
  undo.push(() => loops.end());
  const egress = new Egress(config.egressAllow);
  undo.push(() => egress.close());
  const temporal = await connectTemporal(embedded.temporalAddress, config.temporal);
  undo.push(() => temporal.connection.close());
  return { config, log, database, loops, vault: new Vault(Buffer.from(rootKey)), egress, temporal };
}

async function createApp(runtime: Runtime, demoBuyer: DemoBuyer | null, undo: Undo[]): Promise<NestFastifyApplication> {
  const adapter = createAdapter(runtime.config.http.trustedProxies);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with({ runtime, demoBuyer }), adapter, {
    logger: new NestLog(runtime.log),
    abortOnError: false,
  });
  undo.push(() => app.close());
  await app.init();
  return app;
}

async function listen(app: NestFastifyApplication, config: Config): Promise<void> {
  if (config.role === 'worker') return;
  const { host, port } = config.http;
  try {
    await app.listen(port, host);
  } catch (error) {
    throw explainListenError(error, { host, port });
  }
}

type Demo = { readonly demo: DemoCredentials; readonly other: DemoCredentials };

function demoOf(rootKey: Uint8Array): Demo {
  return { demo: demoCredentials(rootKey, 'demo'), other: demoCredentials(rootKey, 'other') };
}

async function seedDemo(app: NestFastifyApplication, { demo, other }: Demo): Promise<void> {
  const files = readDemoFiles(new URL('../../definitions/', import.meta.url));
  const seed = app.get(DemoSeed);
  await seed.seed('demo', demo, files);
  await seed.seed('other', other, files);
}

/** Writes what a newcomer needs to try everything: address, keys, webhook secret. Readable by the owner only. */
function writeDemo(config: Config, baseUrl: string, { demo, other }: Demo): void {
  const document = {
    baseUrl,
    tenantId: demo.tenantId,
    keys: demo.keys,
    shop: { id: demo.shopId, key: 'demo', webhookSecret: demo.webhookSecret },
    other: {
      tenantId: other.tenantId,
      keys: { admin: other.keys.admin, agent: other.keys.agent },
      shop: { id: other.shopId, key: 'other', webhookSecret: other.webhookSecret },
    },
  };
  writeAtomically(join(config.home, 'demo.json'), `${JSON.stringify(document, null, 2)}\n`);
}

function greet(config: Config, baseUrl: string, demo: boolean): void {
  console.log(`atende: ready at ${config.role === 'worker' ? 'the work queue' : baseUrl} (role ${config.role})`);
  if (config.role !== 'worker') console.log(`  API     ${baseUrl}/docs`);
  if (demo) console.log(`  keys    ${join(config.home, 'demo.json')}`);
  if (config.log.directory !== undefined) console.log(`  logs    ${config.log.directory}`);
  if (demo) console.log('  try     npm run demo');
}
