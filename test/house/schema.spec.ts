import type { Migration } from '@mikro-orm/migrations';
import { migrations } from '../../migrations/index.js';

/** Tables that loops across tenants read: ids only. Everything else belongs to one tenant and is under its policy. */
const ACROSS_TENANTS = ['auth_lookup', 'work_queue'];

/** Counted before any tenant is known: hashes and numbers, for the login of the loops alone. */
const OF_NOBODY = ['rate_window', 'rate_bucket'];

/** What must not change once written. */
const APPEND_ONLY = ['audit_event', 'audit_position'];

const WRITE = /\b(update|delete|truncate)\b/;

/** Statements of all migrations, in order. */
const statements = migrations.flatMap((step): string[] => {
  const migration = new step(undefined as never, undefined as never) as Migration;
  void migration.up();
  return migration.getQueries().filter((query) => typeof query === 'string');
});

const tables = statements.flatMap((sql) => {
  const [, name, body] = /^\s*create (?:unlogged )?table ([\w.]+) \((.*)\)\s*$/s.exec(sql) ?? [];
  return name === undefined || body === undefined ? [] : [{ name, body }];
});

const tenantTables = tables.filter(({ body }) => /\btenant_id\b/.test(body)).map(({ name }) => name);
const granted = (table: string): string[] =>
  statements
    .filter((sql) => new RegExp(`^grant [^]* on ${table} to `).test(sql))
    .map((sql) => sql.split(' on ')[0] ?? '');

describe('the schema', () => {
  it('is found', () => {
    expect(tables.length).toBeGreaterThan(30);
    expect(tables.map(({ name }) => name).filter((name) => !tenantTables.includes(name))).toEqual(OF_NOBODY);
  });

  it('puts every tenant table under forced row-level security with one policy for all', () => {
    const own = tenantTables.filter((name) => !ACROSS_TENANTS.includes(name));
    const lacks = own.filter(
      (name) =>
        !statements.includes(`alter table ${name} enable row level security`) ||
        !statements.includes(`alter table ${name} force row level security`) ||
        statements.filter((sql) => sql.startsWith('create policy') && sql.includes(` on ${name} `)).length !== 1,
    );
    expect(lacks).toEqual([]);
  });

  it('begins every key of a tenant table with the tenant, so that no id of one tenant can name a row of another', () => {
    const own = tables.filter(({ name }) => ![...ACROSS_TENANTS, ...OF_NOBODY].includes(name));
    expect(
      own
        .filter(({ body }) => !/primary key \(tenant_id[,)]|tenant_id uuid primary key/.test(body))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  it('lets nobody change what is append-only', () => {
    for (const table of APPEND_ONLY) {
      expect(granted(table)).toEqual(['grant select, insert']);
    }
    expect(statements.filter((sql) => sql.startsWith('grant') && /\b(all|truncate)\b/.test(sql))).toEqual([]);
  });

  it('shows loops across tenants three tables and no content', () => {
    const toLoops = statements.filter((sql) => /^grant .* to .*atende_loops/s.test(sql) && !/on schema/.test(sql));
    expect(toLoops.map((sql) => / on (\w+) to /.exec(sql)?.[1]).sort()).toEqual(
      [...ACROSS_TENANTS, ...OF_NOBODY].sort(),
    );
    expect(toLoops.filter((sql) => sql.includes('auth_lookup') && WRITE.test(sql))).toEqual([]);
  });
});
