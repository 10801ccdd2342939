import { MikroORM } from '@mikro-orm/postgresql';
import type { Options } from '@mikro-orm/postgresql';
import { PostgresDialect } from 'kysely';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { isRetryable, isTimedOut } from './errors.js';
import { Gate } from './gate.js';
import { PreparedClient } from './prepared-client.js';
import { Tx } from './tx.js';
import { columnTypes } from './types.js';
import { Wire } from './wire.js';

export type DatabaseOptions = {
  /** Login of the restricted role, or a login that may assume `role`. */
  readonly url: string;
  /** Role assumed at connect; undefined when the login already is the restricted one. */
  readonly role?: string;
  readonly poolSize: number;
  readonly entities?: Options['entities'];
  /** Longest transaction in ms before the server ends it; below the 3 s a local activity may take. */
  readonly transactionTimeoutMs?: number;
  readonly applicationName?: string;
};

/** What a pool has and lacks at one instant. */
export type PoolUsage = { readonly open: number; readonly idle: number; readonly waiting: number };

/** How often a transaction is taken again after a deadlock before the error goes to the caller. */
const ATTEMPTS = 4;

/** The same after a time-out: a transaction that is slow by itself is slow the second time too. */
const ATTEMPTS_AFTER_TIMEOUT = 2;
const DEFAULT_TRANSACTION_TIMEOUT = 2_500;
const CONNECT_TIMEOUT = 2_000;

/** Connections that stay open while nobody uses them, so that the next callers need not wait for new ones. */
const KEPT_CONNECTIONS = 4;

/**
 * How long a transaction waits for a connection. A request can wait; a drain inside a workflow task cannot, because wait
 * and transaction together must end before the task's own time-out.
 */
const PATIENCE = { waitMs: 10_000, urgentMs: 2_000 };

export type TransactionOptions = {
  /** Longest time of this transaction in ms, where it needs more than usual. */
  readonly timeoutMs?: number;
  /** Comes before everything that waits for a connection, and waits less long itself. */
  readonly urgent?: boolean;
  /**
   * For statements that find their rows by keys: each is planned once per connection, whatever its parameters. Planning
   * anew is a sixth of what PostgreSQL does for an inquiry.
   */
  readonly byKeys?: boolean;
  /** Every statement sees what the first one saw: for reading in parts that must fit together. Not for writing. */
  readonly snapshot?: boolean;
};

/** Connection options that hold for every session of a pool. */
function sessionOptions(options: DatabaseOptions): string {
  const settings = [
    `transaction_timeout=${options.transactionTimeoutMs ?? DEFAULT_TRANSACTION_TIMEOUT}`,
    'timezone=UTC',
    ...(options.role === undefined ? [] : [`role=${options.role}`]),
  ];
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

/**
 * The tenants' database. All content is reached through `tenant`, which opens a transaction that row-level security ties
 * to one tenant.
 */
export class Database {
  readonly orm: MikroORM;
  readonly #pool: pg.Pool;
  readonly #gate: Gate;

  private constructor(orm: MikroORM, pool: pg.Pool, poolSize: number) {
    this.orm = orm;
    this.#pool = pool;
    this.#gate = new Gate(poolSize, PATIENCE);
  }

  /** Makes a pool; it connects with the first statement. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const pool = poolOf(options);
    const orm = await MikroORM.init({
      clientUrl: options.url,
      entities: options.entities ?? [],
      discovery: { warnWhenNoEntities: false },
      allowGlobalContext: false,
      forceUtcTimezone: true,
      driverOptions: new PostgresDialect({ pool }),
    });
    return new Database(orm, pool, options.poolSize);
  }

  /**
   * Runs `work` in one transaction that sees only `tenantId`. Commits when it returns, rolls back when it throws; taken
   * again from the start after a deadlock, and once after a time-out, so `work` must have no effect outside the transaction.
   */
  async tenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#gate.run(() => this.#once(tenantId, work, options), options.urgent ?? false);
      } catch (error) {
        if (attempt >= attemptsAfter(error, options)) throw error;
      }
    }
  }

  async #once<T>(tenantId: string, work: (tx: Tx) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await this.#pool.connect();
    const wire = new Wire(client);
    const tx = new Tx(tenantId, wire, () => this.#entityManager(wire), this);
    let result: T;
    try {
      wire.post(beginOf(tenantId, options));
      result = await work(tx);
      await tx.committing();
      await wire.commit();
    } catch (error) {
      client.release(!(await wire.rollBack()));
      throw error;
    }
    client.release();
    tx.committed();
    return result;
  }

  /** An entity manager whose statements go through the transaction's connection. */
  #entityManager(wire: Wire): MikroORM['em'] {
    const em = this.orm.em.fork();
    em.setTransactionContext({
      executeQuery: async ({ sql, parameters }: CompiledQuery) => {
        const { rows, rowCount, command } = await wire.send(sql, parameters);
        return WRITES.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
      },
    });
    return em;
  }

  /** Connections of the pool: open ones, those nobody uses, and requests that wait for one. */
  usage(): PoolUsage {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount + this.#gate.waiting };
  }

  /**
   * Opens the connections that are kept, before anybody waits for one: a handshake costs both sides more than most transactions, and on a busy
   * machine a crowd of them takes longer than callers wait. Fewer than asked for are no failure.
   */
  async warmUp(): Promise<void> {
    const wanted = Array.from({ length: this.#pool.options.min ?? 0 }, () => this.#pool.connect());
    for (const opened of await Promise.allSettled(wanted)) if (opened.status === 'fulfilled') opened.value.release();
  }

  /** Answers whether the server can be reached at all. */
  async ping(): Promise<boolean> {
    try {
      await this.#pool.query('select 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await this.orm.close(true);
    // The mapper ends the pool only if it has ever used it.
    if (!this.#pool.ending) await this.#pool.end();
  }
}

/**
 * How often a transaction that ended like this is taken at most. One that took too long mostly waited for others, who are
 * done by now; whoever is urgent or asked for more time has none left for a second time.
 */
function attemptsAfter(error: unknown, { urgent = false, timeoutMs }: TransactionOptions): number {
  if (isTimedOut(error)) return urgent || timeoutMs !== undefined ? 1 : ATTEMPTS_AFTER_TIMEOUT;
  return isRetryable(error) ? ATTEMPTS : 1;
}

/** Commands that change rows, as PostgreSQL names them in its answers. */
const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * Opens a transaction of one tenant, in one message. A timer that runs keeps its end when only its length changes
 * (assign_transaction_timeout of PostgreSQL), so it is stopped first.
 */
function beginOf(tenantId: string, { timeoutMs, snapshot = false, byKeys = false }: TransactionOptions): string {
  return [
    snapshot ? 'begin isolation level repeatable read' : 'begin',
    `set local app.tenant = ${pg.escapeLiteral(tenantId)}`,
    ...(byKeys ? ['set local plan_cache_mode = force_generic_plan'] : []),
    ...(timeoutMs === undefined
      ? []
      : ['set local transaction_timeout = 0', `set local transaction_timeout = ${Math.round(timeoutMs)}`]),
  ].join('; ');
}

function poolOf(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    min: Math.min(KEPT_CONNECTIONS, options.poolSize),
    Client: PreparedClient,
    types: columnTypes(),
    options: sessionOptions(options),
    application_name: options.applicationName ?? 'atende',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    pipeline: true,
  });
  // Whoever uses a connection that dies is told by the statement; one that nobody uses leaves the pool by itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
