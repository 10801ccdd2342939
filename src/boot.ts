import { join } from 'node:path';
import { migrations } from '../migrations/index.js';
import { startApplication } from './application.js';
import type { Demo } from './application.js';
import { assertUtc, BootError, ConfigError, loadConfig } from './platform/config/index.js';
import type { Config } from './platform/config/index.js';
import { migrate } from './platform/database/index.js';
import { checkDatabase, checkTemporal, startEmbedded, writeAtomically } from './platform/embedded/index.js';
import { armKillPoint } from './platform/kill-point/index.js';
import { createLog } from './platform/log/index.js';
import { freeLoopbackAddress, scraped } from './platform/metrics/index.js';
import { installRuntime } from './platform/temporal/index.js';
import { connect } from './runtime.js';
import type { Undo } from './runtime.js';

/** The whole shutdown takes less; beyond it something hangs and is left behind. */
const SHUTDOWN_LIMIT_MS = 18_000;

/** Starts this process as its configuration says, and stops it in order on a signal. Never throws; sets the exit code. */
export async function boot(): Promise<void> {
  const undo: Undo = [];
  let stopping: Promise<void> | null = null;
  const stop = (code: number): Promise<void> => (stopping ??= shutDown(undo, code));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop(Number(process.exitCode ?? 0)));
  }
  try {
    const finished = await start(undo, (error) => {
      console.error(error.line);
      void stop(1);
    });
    if (finished) await stop(0);
  } catch (error) {
    complain(error);
    await stop(1);
  }
}

async function shutDown(undo: Undo, code: number): Promise<void> {
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

/** Returns true when the process has done all it was started for. */
async function start(undo: Undo, onFatal: (error: BootError) => void): Promise<boolean> {
  assertUtc();
  const config = loadConfig();
  armKillPoint(config.killPoint);
  const log = createLog(config.log);
  if (config.unknownVariables.length > 0) log.warn({ variables: config.unknownVariables }, 'unknown variables');
  const servers = await startEmbedded({ config, log, onFatal });
  undo.push(() => servers.stop());
  if (!config.embedded.postgres) await checkDatabase(servers.ownerUrl);
  if (ownsSchema(config)) await migrate(servers.ownerUrl, migrations);
  if (config.role === 'migrate') {
    console.log('atende: the schema is up to date');
    return true;
  }
  if (!config.embedded.temporal) await checkTemporal({ ...config.temporal, address: servers.temporalAddress });
  const sdkMetrics = await freeLoopbackAddress();
  installRuntime(log, sdkMetrics);
  const runtime = await connect(config, log, servers, undo);
  runtime.metrics.include(scraped(sdkMetrics));
  runtime.metrics.watchProcess();
  const rootKey = config.demo ? (servers.rootKey ?? null) : null;
  const definitions = new URL('../../definitions/', import.meta.url);
  const application = await startApplication(runtime, rootKey, definitions, undo);
  if (application.demo !== null) writeDemo(config, application.baseUrl, application.demo);
  application.ready();
  greet(config, application.baseUrl, application.demo !== null);
  return false;
}

/**
 * Whether this process brings the schema up to date. One that was given the restricted logins holds no owner's password and
 * relies on a process with the role `migrate` that ran before it.
 */
function ownsSchema({ role, database }: Config): boolean {
  return role === 'migrate' || role === 'all' || database.appUrl === undefined;
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
  const served = config.role !== 'worker';
  console.log(`atende: ready${served ? ` at ${baseUrl}` : ''} (role ${config.role})`);
  if (served) console.log(`  API     ${baseUrl}/docs`);
  if (demo) console.log(`  keys    ${join(config.home, 'demo.json')}`);
  if (config.log.directory !== undefined) console.log(`  logs    ${config.log.directory}`);
  if (demo) console.log('  try     npm run demo');
}
