import type pg from 'pg';

/** Outcome of a statement as this module uses it. */
export type Outcome = { readonly rows: unknown[]; readonly rowCount: number | null; readonly command: string };

/**
 * One connection during one transaction. Statements go out in order without waiting for each other's answers: every round
 * trip costs both sides more than a short statement does. The first one that fails ends the transaction; those behind it are
 * refused by the server, and all of them report the first failure, whose code decides whether it is worth trying again.
 */
export class Wire {
  readonly #client: pg.PoolClient;
  readonly #posted: Promise<void>[] = [];
  #failure: { readonly error: unknown } | null = null;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Sends a statement and waits for its answer. */
  async send(text: string, params: readonly unknown[]): Promise<Outcome> {
    try {
      return await this.#client.query(text, params as unknown[]);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Sends a statement whose answer only matters to the commit. */
  post(text: string, params: readonly unknown[] = []): void {
    const answered = this.#client.query(text, params as unknown[]);
    this.#posted.push(
      answered.then(
        () => undefined,
        (error: unknown) => void this.#failed(error),
      ),
    );
  }

  /** Commits; throws the first failure of any statement, also of one whose error was caught on the way. */
  async commit(): Promise<void> {
    const { command } = await this.send('commit', []);
    await Promise.all(this.#posted);
    if (this.#failure !== null) throw this.#failure.error;
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
  }

  /** Rolls back; false when the connection is of no more use. */
  async rollBack(): Promise<boolean> {
    try {
      await this.#client.query('rollback');
      return true;
    } catch {
      // The server ended the connection, and the transaction with it.
      return false;
    } finally {
      await Promise.all(this.#posted);
    }
  }

  #failed(error: unknown): unknown {
    this.#failure ??= { error };
    return this.#failure.error;
  }
}
