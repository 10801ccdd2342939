import { MikroORM } from '@mikro-orm/postgresql';
import type { Options } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { isRetryable } from './errors.js';
import { Gate } from './gate.js';
import { PreparedClient } from './prepared-client.js';
import { Tx } from './tx.js';
import { columnTypes } from './types.js';

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
const DEFAULT_TRANSACTION_TIMEOUT = 2_500;
const CONNECT_TIMEOUT = 2_000;

/**
 * How long a transaction waits for a connection. A request can wait; a drain inside a workflow task cannot, because wait
 * and transaction together must end before the task's own time-out.
 */
const PATIENCE = { waitMs: 10_000, urgentMs: 2_000 };

/** A timer that runs keeps its end when only its length changes (assign_transaction_timeout of PostgreSQL): stop it first. */
const EXTEND = `select set_config('transaction_timeout', '0', true), set_config('transaction_timeout', $1, true)`;

export type TransactionOptions = {
  /** Longest time of this transaction in ms, where it needs more than usual. */
  readonly timeoutMs?: number;
  /** Comes before everything that waits for a connection, and waits less long itself. */
  readonly urgent?: boolean;
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
  readonly #pool: () => pg.Pool | undefined;
  readonly #gate: Gate;

  private constructor(orm: MikroORM, pool: () => pg.Pool | undefined, poolSize: number) {
    this.orm = orm;
    this.#pool = pool;
    this.#gate = new Gate(poolSize, PATIENCE);
  }

  /** Connects a pool; throws what the driver throws when the server cannot be reached. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    let pool: pg.Pool | undefined;
    const orm = await MikroORM.init({
      clientUrl: options.url,
      entities: options.entities ?? [],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 0, max: options.poolSize },
      sessionContext: 'transaction',
      allowGlobalContext: false,
      forceUtcTimezone: true,
      driverOptions: {
        Client: PreparedClient,
        types: columnTypes(),
        options: sessionOptions(options),
        application_name: options.applicationName ?? 'atende',
        connectionTimeoutMillis: CONNECT_TIMEOUT,
        keepAlive: true,
        onPoolCreated: (created: pg.Pool) => void (pool = created),
      } satisfies pg.PoolConfig & Record<string, unknown>,
    });
    // The pool is made with the first statement.
    return new Database(orm, () => pool, options.poolSize);
  }

  /**
   * Runs `work` in one transaction that sees only `tenantId`. Commits when it returns, rolls back when it throws; taken
   * again from the start after a deadlock, so `work` must have no effect outside the transaction.
   */
  async tenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#gate.run(() => this.#once(tenantId, work, options.timeoutMs), options.urgent ?? false);
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  async #once<T>(tenantId: string, work: (tx: Tx) => Promise<T>, timeoutMs: number | undefined): Promise<T> {
    const variables: Record<string, string> = { 'app.tenant': tenantId };
    const em = this.orm.em.fork({ session: { variables } });
    let tx: Tx | undefined;
    const result = await em.transactional(async (inner) => {
      const context: unknown = inner.getTransactionContext();
      if (!context) throw new Error('No transaction context');
      tx = new Tx(tenantId, inner, context as never);
      if (timeoutMs !== undefined) await tx.run(EXTEND, [String(timeoutMs)]);
      const done = await work(tx);
      await tx.committing();
      return done;
    });
    tx?.committed();
    return result;
  }

  /** Connections of the pool: open ones, those nobody uses, and requests that wait for one. */
  usage(): PoolUsage {
    const { totalCount = 0, idleCount = 0, waitingCount = 0 } = this.#pool() ?? {};
    return { open: totalCount, idle: idleCount, waiting: waitingCount + this.#gate.waiting };
  }

  /** Answers whether the server can be reached at all. */
  async ping(): Promise<boolean> {
    try {
      // Asked, not remembered: the library says no until its first statement, which a fresh process has not sent yet.
      await this.orm.em.getConnection().execute('select 1');
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.orm.close(true);
  }
}
