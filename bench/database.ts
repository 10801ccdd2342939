import pg from 'pg';

/** Counters of PostgreSQL that a figure is the difference of. */
export type DatabaseCounters = { readonly commits: number; readonly walBytes: number };

/** Reads the product's database from outside, as its superuser. */
export class DatabaseProbe {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(url: string): Promise<DatabaseProbe> {
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    await client.connect();
    return new DatabaseProbe(client);
  }

  /** Makes an empty database. */
  async create(database: string): Promise<void> {
    await this.#client.query(`create database ${pg.escapeIdentifier(database)}`);
  }

  async version(): Promise<string> {
    return (await this.#row<{ version: string }>('select version()')).version;
  }

  /** Commits of one database and log bytes of the server so far. */
  async counters(database: string): Promise<DatabaseCounters> {
    const row = await this.#row<{ commits: string; wal: string }>(
      `select (select xact_commit from pg_stat_database where datname = $1) as commits,
              (select wal_bytes from pg_stat_wal) as wal`,
      [database],
    );
    return { commits: Number(row.commits), walBytes: Number(row.wal) };
  }

  /** Bytes of databases on disk, without vacuum. */
  async bytesOf(databases: readonly string[]): Promise<number> {
    const sql =
      'select coalesce(sum(pg_database_size(datname)), 0)::text as bytes from pg_database where datname = any($1)';
    return Number((await this.#row<{ bytes: string }>(sql, [databases])).bytes);
  }

  /** Bytes of each table with its indexes, the largest first. */
  async tables(): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    const result = await this.#client.query<{ name: string; bytes: string }>(
      `select relname as name, pg_total_relation_size(oid)::text as bytes from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace order by pg_total_relation_size(oid) desc limit 12`,
    );
    return result.rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
  }

  /** Rows of any statement. */
  async rows<R extends object>(sql: string): Promise<readonly R[]> {
    return (await this.#client.query<R>(sql)).rows;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #row<R extends object>(sql: string, params: readonly unknown[] = []): Promise<R> {
    const [row] = (await this.#client.query<R>(sql, [...params])).rows;
    if (row === undefined) throw new Error('No row');
    return row;
  }
}
