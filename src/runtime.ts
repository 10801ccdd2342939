import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { entities } from './entities.js';
import { audit } from './modules/audit/index.js';
import { InquiryPayloadKeys } from './modules/inquiry/index.js';
import { BootError } from './platform/config/index.js';
import type { Config } from './platform/config/index.js';
import { KeyMissing, RootKeys, Vault } from './platform/crypto/index.js';
import { Database, PreparedClient } from './platform/database/index.js';
import type { Tx } from './platform/database/index.js';
import { Egress } from './platform/egress/index.js';
import { openFiles } from './platform/files/index.js';
import type { Log } from './platform/log/index.js';
import { Mailer } from './platform/mail/index.js';
import { Metrics } from './platform/metrics/index.js';
import type { Runtime } from './platform/nest/index.js';
import { connectTemporal } from './platform/temporal/index.js';

/** Where the servers are: embedded ones, those the environment names, or those of a test. */
export type Servers = {
  readonly appUrl: string;
  readonly loopsUrl: string;
  readonly temporalAddress: string;
  readonly rootKey: Uint8Array | undefined;
};

/** What undoes a start, newest first. */
export type Undo = (() => Promise<void> | void)[];

/** Connections of the loops: short statements on two small tables. */
const LOOPS_POOL = 6;

/** Opens everything a process needs before its container is built. Each opened thing adds how it is closed to `undo`. */
export async function connect(config: Config, log: Log, servers: Servers, undo: Undo): Promise<Runtime> {
  if (servers.rootKey === undefined) {
    throw new BootError({
      variable: 'ATENDE_ROOT_KEY',
      message: 'no root key is set',
      remedy: 'set it to 32 random bytes in base64, the same for every process',
    });
  }
  const database = await Database.connect({
    url: servers.appUrl,
    entities,
    poolSize: config.database.poolSize,
    ...assumed(config, config.database.appUrl, 'atende_app'),
  });
  undo.push(() => database.close());
  const loops = loopsPool(config, servers.loopsUrl, log);
  undo.push(() => loops.end());
  const egress = new Egress(config.egressAllow);
  undo.push(() => egress.close());
  const mailer = new Mailer(config.mail);
  const files = openFiles(config.files);
  const vault = await openVault(database, new RootKeys(servers.rootKey, config.previousRootKeys));
  const payloadKeys = new InquiryPayloadKeys(vault, vault.fingerprint('temporal', 'installation'));
  const temporal = await connectTemporal(servers.temporalAddress, config.temporal, payloadKeys);
  undo.push(() => temporal.connection.close());
  const metrics = new Metrics();
  watchPools(metrics, database, loops);
  return { config, log, metrics, database, loops, vault, egress, files, mailer, temporal, workflowBundle: BUNDLE };
}

/** The vault; a tenant's first keys are proven by an audit event. */
async function openVault(database: Database, roots: RootKeys): Promise<Vault> {
  const onFounded = async (tx: Tx): Promise<void> => {
    await audit(tx, [
      {
        at: Date.now(),
        actor: { kind: 'system' },
        action: 'key.create',
        object: { kind: 'tenant_key', id: tx.tenantId },
        result: 'ok',
        after: { version: 1, rootId: roots.currentId },
      },
    ]);
  };
  try {
    return await Vault.open({ database, roots, onFounded });
  } catch (error) {
    if (!(error instanceof KeyMissing)) throw error;
    throw new BootError({
      variable: 'ATENDE_ROOT_KEY',
      message: 'the keys of this database lie under another root key',
      remedy: 'set the root key the database was made with, or name it in ATENDE_PREVIOUS_ROOT_KEYS',
      cause: error,
    });
  }
}

/** The bundle lies beside the compiled sources. */
const BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** The restricted role is assumed where the login given is not the restricted one itself. */
function assumed(config: Config, own: string | undefined, role: string): { role?: string } {
  return config.embedded.postgres || own !== undefined ? {} : { role };
}

function watchPools(metrics: Metrics, database: Database, loops: pg.Pool): void {
  metrics.gauge({
    name: 'atende_database_connections',
    help: 'Database connections of this process by pool: open, idle, and requests waiting for one',
    labels: ['pool', 'state'],
    read: () =>
      Object.entries({
        main: database.usage(),
        loops: { open: loops.totalCount, idle: loops.idleCount, waiting: loops.waitingCount },
      }).flatMap(([pool, usage]) =>
        Object.entries(usage).map(([state, value]) => ({ labels: { pool, state }, value })),
      ),
  });
}

function loopsPool(config: Config, url: string, log: Log): pg.Pool {
  const { role } = assumed(config, config.database.loopsUrl, 'atende_loops');
  const pool = new pg.Pool({
    connectionString: url,
    max: LOOPS_POOL,
    application_name: 'atende loops',
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
    Client: PreparedClient,
    // Its few statements look rows up by their keys; planning them again and again costs as much as they do.
    options: `-c plan_cache_mode=force_generic_plan${role === undefined ? '' : ` -c role=${role}`}`,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'idle connection lost'));
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ err: error }, 'connection lost')));
  return pool;
}
