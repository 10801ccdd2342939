import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import pg from 'pg';
import { loadConfig } from '../../src/platform/config/index.js';
import { startEmbedded } from '../../src/platform/embedded/index.js';
import type { Embedded } from '../../src/platform/embedded/index.js';
import { createLog } from '../../src/platform/log/index.js';
import { BuyerServer } from '../support/buyer-server.js';
import type { SendScript } from '../support/buyer-server.js';
import { QUICK } from '../support/definitions.js';
import { endCheck, settled } from '../support/end-check.js';
import { ErpServer } from '../support/erp-server.js';
import { eventually } from '../support/eventually.js';
import { HookServer } from '../support/hook-server.js';
import { isAlive, newHome, Product, removeHome } from '../support/product.js';
import type { DemoFile } from '../support/product.js';
import { projectFolder } from '../support/project.js';
import { Seeded } from '../support/seeded.js';
import { Load } from './load.js';

const run = promisify(execFile);

/**
 * Every inquiry asks an outside system once; leases so short that forgotten tasks come back while a test runs, a deadline that no
 * level wakes the workflow for, and reminders that leave Atende.
 */
const DEFINITION = QUICK.replace('lease: 20m', 'lease: 4s')
  .replace('resolution: { within: 1h }', 'resolution: { within: 4s }')
  .replace('{ notify: { to: holder } }', '{ notify: { to: ops, by: [in_app, webhook] } }')
  .replace(
    '  - { id: person,',
    '  - { id: book, call: { connection: erp, operation: refund, check: find-refund }, goto: person }\n  - { id: person,',
  );

/** Servers are killed more often here than the supervisor would put up with. */
const RESTARTS = Array.from({ length: 1_000 }, () => 100);

const SWEEP_SCHEDULE = 'atende-retention-sweep';

const END_RETENTION = `
  update inquiry i set reopen_until = clock_timestamp() - interval '1 second', retain_until = clock_timestamp()
   where id = any($1) and closed_at is not null and archived_at is null
     and exists (select from engine_history h where h.tenant_id = i.tenant_id and h.inquiry_id = i.id)`;

/**
 * An installation under siege: servers that outlive the product, the product as a process of its own on them, and a buyer's
 * side that counts what arrives.
 */
export class Site {
  readonly demo: DemoFile;
  readonly superuser: pg.Pool;
  readonly home: string;
  readonly #servers: Embedded;
  readonly #buyer: BuyerServer;
  readonly #erp: ErpServer;
  readonly #hook: HookServer;
  readonly #products: Product[] = [];
  #connection: Connection | null = null;
  #versions = 0;

  private constructor(home: string, sides: Sides, servers: Embedded, superuser: pg.Pool) {
    this.home = home;
    this.demo = sides.demo;
    this.#servers = servers;
    this.#buyer = sides.buyer;
    this.#erp = sides.erp;
    this.#hook = sides.hook;
    this.superuser = superuser;
  }

  /** Sets up demo tenants, a definition with clocks of seconds, and the buyer's side; then the servers alone run. */
  static async open(): Promise<Site> {
    const home = newHome();
    const product = Product.spawn(home);
    const sides = await setUp(product).catch(async (error: unknown) => {
      await product.destroy();
      throw error;
    });
    const config = loadConfig({ ATENDE_HOME: home });
    const servers = await startEmbedded({
      config,
      log: createLog({ level: 'fatal', directory: config.log.directory }),
      onFatal: (error) => process.stderr.write(`${error.line}\n`),
      restartDelaysMs: RESTARTS,
    });
    return new Site(home, sides, servers, superuserOf(home, servers.ownerUrl));
  }

  /** Starts the product without waiting for it; with a kill point it ends itself there. */
  start(killPoint?: string, environment: Readonly<Record<string, string>> = {}): Product {
    const armed = killPoint === undefined ? {} : { ATENDE_KILL_POINT: killPoint };
    const product = Product.spawn(this.home, { ...this.environment, ...armed, ...environment });
    this.#products.push(product);
    return product;
  }

  /** What a process of this installation needs. */
  get environment(): Readonly<Record<string, string>> {
    const { ownerUrl, appUrl, loopsUrl, temporalAddress, rootKey } = this.#servers;
    return {
      NODE_ENV: 'test',
      PORT: new URL(this.demo.baseUrl).port,
      DATABASE_URL: ownerUrl,
      DATABASE_APP_URL: appUrl,
      DATABASE_LOOPS_URL: loopsUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      ATENDE_ROOT_KEY: Buffer.from(rootKey ?? []).toString('base64'),
      ATENDE_EGRESS_ALLOW: '127.0.0.1',
      ATENDE_RATE_REQUESTS_PER_KEY: '1000000',
      ATENDE_LOG_LEVEL: 'error',
    };
  }

  /** What a process needs that reaches PostgreSQL through another port of this machine, whatever it reached it by. */
  throughPort(port: number): Readonly<Record<string, string>> {
    const moved = Object.entries(this.environment).filter(([name]) => name.startsWith('DATABASE_'));
    return Object.fromEntries(
      moved.map(([name, url]) => [name, Object.assign(new URL(url), { hostname: '127.0.0.1', port }).href]),
    );
  }

  get postgresPort(): number {
    return Number(new URL(this.#servers.ownerUrl).port);
  }

  /** A database of this installation, as the login that owns it. */
  onDatabase(name: string): string {
    return Object.assign(new URL(this.#servers.ownerUrl), { pathname: `/${name}` }).href;
  }

  /** The same past all restrictions. */
  superuserUrl(name: string): string {
    return superuserUrl(this.home, this.onDatabase(name));
  }

  /** Those who take part. The buyer's side answers at once and, every other time, takes a message and reports its fate later. */
  load(seed: number): Load {
    const load = new Load(this.demo, seed);
    const chance = new Seeded(seed);
    this.#buyer.deliver = (event) => load.report(event);
    let taken = 0;
    // In turn, not by chance: a few messages must be enough to pass every place a report passes.
    this.#buyer.habit = () => ((taken += 1) % 2 === 1 ? { do: 'take' } : reportedLater(chance));
    return load;
  }

  /**
   * Lets the time of closed inquiries pass whose callers want nothing more of them, and starts the sweep that erases them.
   *
   * @param ids at least one must have been closed long enough for the copy of its history to be made
   */
  async endRetention(ids: readonly string[]): Promise<void> {
    await eventually(
      () => this.superuser.query(END_RETENTION, [ids]),
      ({ rowCount }) => (rowCount ?? 0) > 0,
      30_000,
      250,
    );
    const client = await this.temporal();
    await client.schedule.getHandle(SWEEP_SCHEDULE).trigger(ScheduleOverlapPolicy.ALLOW_ALL);
  }

  /** Ends the quiet hours of everybody for whom something is held back, as soon as something is. */
  async endQuietHours(): Promise<void> {
    await eventually(
      () =>
        this.superuser.query(
          `update work_queue set due_at = clock_timestamp() where kind = 'notice' and due_at > clock_timestamp()`,
        ),
      ({ rowCount }) => (rowCount ?? 0) > 0,
      60_000,
      250,
    );
  }

  /** Has every open inquiry go on by a new version of the definition, in which the step that answers has another name. */
  async migrate(product: Product): Promise<void> {
    const ops = product.as('ops');
    this.#versions += 1;
    const name = `answer-${this.#versions}`;
    const text = DEFINITION.replace('id: reply,', `id: ${name},`).replace('message: reply,', `message: ${name},`);
    const yaml = { headers: { 'content-type': 'application/yaml', 'if-match': '*' } };
    const saved = await ops.put('/v1/definitions/quick/draft', text, yaml);
    const published = await ops.post('/v1/definitions/quick/publish');
    const { version: to } = published.body as { version: number };
    const earlier = ['reply', ...Array.from({ length: this.#versions - 1 }, (_, n) => `answer-${n + 1}`)];
    const steps = Object.fromEntries(earlier.map((old) => [old, name]));
    const planned = await ops.post('/v1/definitions/quick/migrations', { to, steps });
    const { id, counts } = planned.body as { id: string; counts: Readonly<Record<string, number>> };
    if ((counts?.['ok'] ?? 0) < 2) throw new Error(JSON.stringify([saved.body, published.body, planned.body]));
    // It may end the product before it is answered.
    await ops.post(`/v1/definitions/quick/migrations/${id}/apply`).catch(() => undefined);
  }

  /** A client that knows no keys: it can look and start schedules, nothing more. */
  async temporal(): Promise<Client> {
    this.#connection ??= await Connection.connect({ address: this.#servers.temporalAddress });
    return new Client({ connection: this.#connection });
  }

  /** Ends one of the servers with SIGKILL; it is started again at once. */
  killServer(name: 'postgres' | 'temporal'): void {
    const server = this.#servers.processes.find((process) => process.name === name);
    if (server !== undefined && isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
  }

  /**
   * Lets the time pass that leases of a killed process have left, at once: nobody holds what they say. Only while no process
   * of the product runs.
   */
  async letLeasesRunOut(): Promise<void> {
    await this.superuser.query('update work_queue set lease_until = clock_timestamp() where lease_until is not null');
    await this.superuser.query('update channel_account set refreshing_until = null');
    await this.superuser.query(
      `update delivery set lease_until = clock_timestamp(), due_at = least(due_at, clock_timestamp()),
              started_at = started_at - interval '1 minute' where lease_until > clock_timestamp()`,
    );
    await this.superuser.query(
      `update remote_call set lease_until = clock_timestamp(), due_at = least(due_at, clock_timestamp()),
              started_at = started_at - interval '1 minute' where lease_until > clock_timestamp()`,
    );
    await this.superuser.query(
      `update notice_delivery set lease_until = clock_timestamp(), due_at = least(due_at, clock_timestamp())
        where lease_until > clock_timestamp()`,
    );
  }

  /** Waits until everything is done; then what does not hold, a line each. */
  async verdict(load: Load, timeoutMs = 90_000): Promise<string[]> {
    const { superuser, demo } = this;
    await settled(superuser, demo.tenantId, timeoutMs);
    const { accepted, acts } = load;
    const { taken } = this.#buyer;
    const { done } = this.#erp;
    const broken = await endCheck({
      ...{ superuser, tenantId: demo.tenantId, accepted, acts, taken, done },
      replay: () => this.#replay(),
    });
    return [...broken, ...(await this.#checkNotices())];
  }

  /** Every notice that was to leave has been delivered, which the other side has seen under its id; and no other was. */
  async #checkNotices(): Promise<string[]> {
    const { rows } = await this.superuser.query<{ id: string; state: string }>('select id, state from notice_delivery');
    const heard = new Set(this.#hook.calls.map(({ id }) => id));
    const known = new Set(rows.map(({ id }) => id));
    return [
      ...(rows.length === 0 ? ['no notice left'] : []),
      ...rows.filter(({ state }) => state !== 'delivered').map(({ id, state }) => `notice ${id} is ${state}`),
      ...rows.filter(({ id }) => !heard.has(id)).map(({ id }) => `notice ${id} was never heard`),
      ...[...heard].filter((id) => !known.has(id)).map((id) => `notice ${id} is unknown here`),
    ];
  }

  async close(): Promise<void> {
    for (const product of this.#products) await product.stop('SIGTERM').catch(() => product.stop('SIGKILL'));
    await this.superuser.end();
    await this.#connection?.close();
    await this.#servers.stop();
    await this.#buyer.stop();
    await this.#erp.stop();
    await this.#hook.stop();
    removeHome(this.home);
  }

  /** The product's own command, as an auditor would run it. */
  async #replay(): Promise<{ readonly decisions: number; readonly differences: readonly unknown[] }> {
    const command = [join(projectFolder, 'scripts', 'atende.mjs'), 'replay', '--tenant', 'demo', '--json'];
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...this.environment, ATENDE_HOME: this.home };
    const result = await run(process.execPath, command, { cwd: projectFolder, env, maxBuffer: 64 * 1_048_576 }).catch(
      (error: unknown) => error as { stdout: string },
    );
    return JSON.parse(result.stdout) as { decisions: number; differences: unknown[] };
  }
}

function reportedLater(chance: Seeded): SendScript {
  const by = chance.chance(0.5) ? 'intentId' : 'externalId';
  return { do: 'take', status: 'accepted', report: { status: 'available', by, when: 'after', times: 1 } };
}

/** How long a start may take on a machine that does much else. */
export const READY_WITHIN_MS = 180_000;

/** Who is at the other ends of the product. */
type Sides = {
  readonly demo: DemoFile;
  readonly buyer: BuyerServer;
  readonly erp: ErpServer;
  readonly hook: HookServer;
};

async function setUp(product: Product): Promise<Sides> {
  await product.ready(READY_WITHIN_MS);
  const { demo } = product;
  const buyer = await new BuyerServer(demo.shop.webhookSecret).start();
  const erp = await new ErpServer().start();
  const hook = await new HookServer().start();
  await configure(product, buyer.url, erp);
  await configureNotices(product, hook);
  await product.stop();
  return { demo, buyer, erp, hook };
}

async function configure(product: Product, replyUrl: string, erp: ErpServer): Promise<void> {
  const { shop } = product.demo;
  const settings = { replyUrl, requestTimeout: '1s', settleTime: '0s' };
  const any = { headers: { 'if-match': '*' } };
  const yaml = { headers: { 'content-type': 'application/yaml', 'if-match': '*' } };
  const answers = [
    await product.as('admin').patch(`/v1/shops/${shop.id}`, { settings }, any),
    await product.as('ops').post('/v1/connections', erp.connection()),
    await product.as('ops').put('/v1/definitions/quick/draft', DEFINITION, yaml),
    await product.as('ops').post('/v1/definitions/quick/publish'),
    await product.as('ops').put('/v1/routing', { rules: [{ definition: 'quick' }] }, any),
  ];
  for (const { status, body } of answers) if (status >= 300) throw new Error(JSON.stringify(body));
}

/** Reminders go to a webhook; what the supervisor is told waits until a test ends their quiet hours. */
async function configureNotices(product: Product, hook: HookServer): Promise<void> {
  const quietHours = { zone: 'UTC', from: '00:00', to: '23:59' };
  const webhook = { name: 'Pager', url: hook.url, events: ['notification.created'] };
  const answers = [
    await product.as('admin').post('/v1/webhooks', webhook),
    await product.as('supervisor').put('/v1/me/quiet-hours', { quietHours }),
  ];
  for (const { status, body } of answers) if (status >= 300) throw new Error(JSON.stringify(body));
}

function superuserOf(home: string, ownerUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: superuserUrl(home, ownerUrl), max: 2 });
  // The server is killed on purpose.
  pool.on('error', () => undefined);
  return pool;
}

function superuserUrl(home: string, url: string): string {
  const { postgres } = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8')) as { postgres: string };
  return Object.assign(new URL(url), { username: 'postgres', password: postgres }).href;
}
