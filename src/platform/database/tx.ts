import type { EntityManager } from '@mikro-orm/postgresql';
import type { Wire } from './wire.js';

/** A result row; callers name the columns they selected. */
export type Row = Record<string, unknown>;

/**
 * One transaction of one tenant: every statement sees that tenant's rows only. It ends with the callback that got it;
 * using it later is a defect.
 */
export class Tx {
  readonly tenantId: string;
  /** Whose transaction it is: what waits for its commit may work on another database. */
  readonly database: object;
  readonly #wire: Pick<Wire, 'send' | 'post'>;
  readonly #entityManager: () => EntityManager;
  #em: EntityManager | undefined;
  readonly #beforeCommit: (() => Promise<void>)[] = [];
  readonly #afterCommit: (() => void)[] = [];

  /** @param entityManager makes the entity manager of this transaction, which few transactions need */
  constructor(
    tenantId: string,
    wire: Pick<Wire, 'send' | 'post'>,
    entityManager: () => EntityManager,
    database: object,
  ) {
    this.tenantId = tenantId;
    this.database = database;
    this.#wire = wire;
    this.#entityManager = entityManager;
  }

  /** Entities of this transaction. */
  get em(): EntityManager {
    return (this.#em ??= this.#entityManager());
  }

  /** Runs one statement with `$1 …` parameters and returns its rows. */
  async query<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    const { rows } = await this.#wire.send(sql, params);
    return rows as R[];
  }

  /** The first row, or undefined. */
  async first<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R | undefined> {
    return (await this.query<R>(sql, params))[0];
  }

  /** The only row; a missing one is a defect. */
  async one<R extends object = Row>(sql: string, params: readonly unknown[] = []): Promise<R> {
    const row = await this.first<R>(sql, params);
    if (!row) throw new Error('A row that must exist was not found');
    return row;
  }

  /** Runs a statement and returns how many rows it changed. */
  async run(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.#wire.send(sql, params)).rowCount ?? 0;
  }

  /**
   * Sends a statement whose outcome nobody looks at, and does not wait for it: what follows is sent right behind it. If it
   * fails, so does the transaction, at the latest at its commit.
   *
   * @returns at once; a promise, so that it reads like every other step of a transaction
   */
  post(sql: string, params: readonly unknown[] = []): Promise<void> {
    this.#wire.post(sql, params);
    return Promise.resolve();
  }

  /** Calls `hook` right before the commit, in the transaction; it rolls back when the hook throws. */
  beforeCommit(hook: () => Promise<void>): void {
    this.#beforeCommit.push(hook);
  }

  /** Calls `hook` once the transaction is committed; never after a rollback. For nudges, which may be lost. */
  afterCommit(hook: () => void): void {
    this.#afterCommit.push(hook);
  }

  /** @internal called by the database when the work is done */
  async committing(): Promise<void> {
    for (const hook of this.#beforeCommit) await hook();
  }

  /** @internal called by the database after the commit */
  committed(): void {
    for (const hook of this.#afterCommit) hook();
  }
}
