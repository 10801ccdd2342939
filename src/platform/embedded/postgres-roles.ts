import pg from 'pg';
import type { Credentials } from './secrets.js';

/** The database of the product. */
const DATABASE = 'atende';

const LOGINS = ['atende_owner', 'atende_app', 'atende_loops'] as const;

/** Where the embedded server listens: on loopback, and on a socket in a folder where it has one. */
export type Endpoint = {
  readonly port: number;
  readonly socketFolder: string | null;
  readonly credentials: Credentials;
};

/** Connection URLs of the three logins. */
export type DatabaseUrls = { readonly ownerUrl: string; readonly appUrl: string; readonly loopsUrl: string };

/**
 * The URLs of an embedded server, by its socket where it has one: a statement costs both sides a third less there than over
 * loopback. TLS is off, nobody else reaches either.
 */
export function databaseUrls(endpoint: Endpoint): DatabaseUrls {
  const { port, socketFolder, credentials } = endpoint;
  const host = socketFolder === null ? '127.0.0.1' : encodeURIComponent(socketFolder);
  const url = (login: (typeof LOGINS)[number]): string =>
    `postgresql://${login}:${credentials[login]}@${host}:${port}/${DATABASE}?sslmode=disable`;
  return { ownerUrl: url('atende_owner'), appUrl: url('atende_app'), loopsUrl: url('atende_loops') };
}

/**
 * Connects as the superuser once, to see whether the server answers questions yet.
 *
 * @throws the driver's error while it does not
 */
export async function ping(endpoint: Endpoint): Promise<void> {
  await asSuperuser(endpoint, 'postgres', (client) => client.query('select 1'));
}

/**
 * Makes the database and the three logins if they are missing, so that a first start killed half-way is completed by the
 * next. None of the logins is a superuser or passes row-level security; the two restricted ones own nothing. The owner may
 * assume them, so that the product behaves alike with one login and with three.
 */
export async function ensureRoles(endpoint: Endpoint): Promise<void> {
  await asSuperuser(endpoint, 'postgres', async (client) => {
    const existing = await client.query<{ rolname: string }>('select rolname from pg_roles');
    const names = new Set(existing.rows.map((row) => row.rolname));
    for (const login of LOGINS) {
      if (names.has(login)) continue;
      const password = pg.escapeLiteral(endpoint.credentials[login]);
      await client.query(
        `create role ${login} login password ${password} nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
      );
    }
    await client.query('grant atende_app, atende_loops to atende_owner with inherit false, set true');
    const database = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`create database ${DATABASE} owner atende_owner`);
    await client.query(`revoke all on database ${DATABASE}, postgres, template1 from public`);
    await client.query(`grant connect on database ${DATABASE} to atende_app, atende_loops`);
  });
}

/**
 * Runs `work` with one connection as the superuser and closes it.
 *
 * @param statementMs longest time of one statement
 * @throws the driver's error, or what `work` throws
 */
export async function asSuperuser<T>(
  endpoint: Endpoint,
  database: string,
  work: (client: pg.Client) => Promise<T>,
  statementMs = 20_000,
): Promise<T> {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: endpoint.port, database, user: 'postgres', password: endpoint.credentials.postgres },
    // Given, not left to the caller's PGSSLMODE; and bounded, so that a server that hangs is seen as one that fails.
    ...{ ssl: false, connectionTimeoutMillis: 2_000, query_timeout: statementMs },
  });
  // A server that stops while we are connected is reported by the query, not by an unhandled event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
