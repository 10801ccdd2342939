import pg from 'pg';
import { startStack, testServers } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** Tables outside of row-level security, and every column they may have: ids and instants, no content. */
const ACROSS_TENANTS: Readonly<Record<string, readonly string[]>> = {
  auth_lookup: ['hash', 'kind', 'subject_id', 'tenant_id'],
  work_queue: [
    'attempts',
    'due_at',
    'exact',
    'inquiry_id',
    'kind',
    'lease_until',
    'ref',
    'shop_id',
    'tenant_id',
    'version',
  ],
};

/** Counted before any tenant is known: hashes and numbers, for the login of the loops alone. */
const OF_NOBODY: Readonly<Record<string, readonly string[]>> = {
  rate_window: ['ends_at', 'subject', 'used'],
  rate_bucket: ['filled_at', 'paused_until', 'subject', 'tokens'],
};

const APPEND_ONLY = ['audit_event', 'audit_position'];
const LOGINS = ['atende_owner', 'atende_app', 'atende_loops'];

describe('the schema in a real database', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  const query = async <T extends pg.QueryResultRow>(sql: string, params: unknown[] = []): Promise<T[]> =>
    (await stack.superuser.query<T>(sql, params)).rows;

  /** A statement as one of the logins, on this database. */
  const as = async (url: string, sql: string): Promise<pg.QueryResult> => {
    const { pathname } = new URL(stack.runtime.database.orm.config.get('clientUrl') ?? '');
    const client = new pg.Client(Object.assign(new URL(url), { pathname }).href);
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };

  it('has every table of tenants under forced row-level security with one policy', async () => {
    const tables = await query<{ name: string; on: boolean; forced: boolean; policies: string }>(
      `select c.relname as name, c.relrowsecurity as on, c.relforcerowsecurity as forced,
              (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname !~ '^(pg_|information_schema$)' and c.relkind in ('r', 'p') order by 1`,
    );
    const bare = tables
      .filter(({ on, forced, policies }) => !on || !forced || Number(policies) !== 1)
      .map(({ name }) => name);
    expect(tables.length).toBeGreaterThan(30);
    expect(bare).toEqual([...Object.keys(ACROSS_TENANTS), ...Object.keys(OF_NOBODY), 'migration'].sort());
  });

  it('has loops across tenants see exactly these columns', async () => {
    for (const [table, expected] of Object.entries({ ...ACROSS_TENANTS, ...OF_NOBODY })) {
      const columns = await query<{ name: string }>(
        'select column_name as name from information_schema.columns where table_name = $1 order by 1',
        [table],
      );
      expect([table, columns.map(({ name }) => name)]).toEqual([table, expected]);
    }
    const granted = await query<{ name: string }>(
      `select distinct table_name as name from information_schema.role_table_grants where grantee = 'atende_loops' order by 1`,
    );
    expect(granted.map(({ name }) => name)).toEqual([...Object.keys(ACROSS_TENANTS), ...Object.keys(OF_NOBODY)].sort());
  });

  it('has no login that passes row-level security, and restricted ones that own nothing', async () => {
    const roles = await query<{ name: string; power: boolean }>(
      `select rolname as name, (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication) as power
         from pg_roles where rolname = any($1) order by 1`,
      [LOGINS],
    );
    expect(roles).toEqual([...LOGINS].sort().map((name) => ({ name, power: false })));
    const owned = await query(
      `select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('atende_app', 'atende_loops')`,
    );
    expect(owned).toEqual([]);
  });

  it('has every reference between rows of tenants name the tenant on both sides', async () => {
    const references = await query<{ name: string; from: string[]; to: string[] }>(
      `select k.conrelid::regclass || ' ' || k.conname as name,
              (select array_agg(a.attname order by a.attname) from pg_attribute a
                where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as from,
              (select array_agg(a.attname order by a.attname) from pg_attribute a
                where a.attrelid = k.confrelid and a.attnum = any(k.confkey)) as to
         from pg_constraint k join pg_namespace n on n.oid = k.connamespace
        where k.contype = 'f' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    expect(references.length).toBeGreaterThan(10);
    const crossing = references.filter(({ from, to }) => !from.includes('tenant_id') || !to.includes('tenant_id'));
    expect(crossing.map(({ name }) => name)).toEqual([]);
  });

  it('has every unique key of a tenant table begin with the tenant, so that a clash tells nothing of others', async () => {
    const keys = await query<{ name: string }>(
      `select i.indexrelid::regclass::text as name
         from pg_index i
         join pg_class c on c.oid = i.indrelid and c.relrowsecurity
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where i.indisunique and i.indkey[0] <> a.attnum`,
    );
    expect(keys).toEqual([]);
  });

  it('has no policy but the tenant one, for all commands, both ways', async () => {
    const policies = await query<{ table: string; command: string; using: string; check: string | null }>(
      `select tablename as table, cmd as command, qual as using, with_check as check from pg_policies order by 1`,
    );
    expect(policies.length).toBeGreaterThan(30);
    const odd = policies.filter(
      ({ command, using, check }) =>
        command !== 'ALL' ||
        !/nullif\(current_setting\('app\.tenant'/i.test(using) ||
        (check !== null && check !== using),
    );
    expect(odd).toEqual([]);
  });

  it('has no view or function that reads with the rights of whoever made it', async () => {
    const views = await query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
          and not coalesce('security_invoker=true' = any(c.reloptions), false)`,
    );
    const functions = await query(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')`,
    );
    expect([views, functions]).toEqual([[], []]);
  });

  it('lets the application neither empty a table nor change what is append-only', async () => {
    const grants = await query<{ table: string; right: string }>(
      `select table_name as table, privilege_type as right from information_schema.role_table_grants
        where grantee in ('atende_app', 'atende_loops', 'PUBLIC') and table_schema !~ '^(pg_|information_schema$)'`,
    );
    const rights = new Set(grants.map(({ right }) => right));
    expect([...rights].sort()).toEqual(['DELETE', 'INSERT', 'SELECT', 'UPDATE']);
    const onRecords = grants
      .filter(({ table }) => APPEND_ONLY.includes(table))
      .map(({ table, right }) => `${table} ${right}`);
    expect(onRecords.sort()).toEqual(APPEND_ONLY.flatMap((table) => [`${table} INSERT`, `${table} SELECT`]));
    const { appUrl } = testServers();
    await expect(as(appUrl, 'truncate inquiry')).rejects.toMatchObject({ code: '42501' });
    await expect(as(appUrl, 'delete from audit_event')).rejects.toMatchObject({ code: '42501' });
    await expect(as(appUrl, 'alter table inquiry disable row level security')).rejects.toMatchObject({ code: '42501' });
  });

  it('shows nothing to a transaction without a tenant, nor to the owner', async () => {
    const { appUrl, ownerUrl, loopsUrl } = testServers();
    expect(await query('select 1 from tenant')).toHaveLength(2);
    expect((await as(appUrl, 'select 1 from tenant')).rowCount).toBe(0);
    expect((await as(ownerUrl, 'select 1 from tenant')).rowCount).toBe(0);
    await expect(as(loopsUrl, 'select 1 from tenant')).rejects.toMatchObject({ code: '42501' });
  });
});
