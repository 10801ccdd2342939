import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { Product } from '../support/product.js';
import { MIGRATION_KILL_POINTS } from './kill-points.js';
import { Site } from './site.js';

/** Everything that makes a schema, in an order of its own. */
const SHAPE = `
  select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
           || coalesce(column_default, '-') as part from information_schema.columns where table_schema = 'public'
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
             where connamespace = 'public'::regnamespace
  union all select 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '-') from pg_policies
  union all select 'grant ' || table_name || ' ' || grantee || ' ' || privilege_type
              from information_schema.role_table_grants where table_schema = 'public'
  order by 1`;

/** The schema is brought up to date by a process that dies on the way. */
describe('a migration', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open();
  }, 300_000);

  afterAll(async () => {
    await site.close();
  }, 60_000);

  const shapeOf = async (pool: pg.Pool): Promise<string[]> =>
    (await pool.query<{ part: string }>(SHAPE)).rows.map(({ part }) => part);

  const migrate = (name: string, killPoint?: string): Product =>
    Product.spawn(site.home, {
      ...site.environment,
      DATABASE_URL: site.onDatabase(name),
      ATENDE_ROLE: 'migrate',
      ...(killPoint === undefined ? {} : { ATENDE_KILL_POINT: killPoint }),
    });

  it.each(MIGRATION_KILL_POINTS)(
    'killed at %s is begun again and ends with the same schema',
    async (point) => {
      const name = `killed_${point.replace(/\W/g, '_')}`;
      await site.superuser.query(`create database ${name} owner atende_owner`);
      for (const step of [1, migrations.length]) {
        expect((await migrate(name, `${point}:${step}`).exit(120_000)).signal).toBe('SIGKILL');
      }
      expect(await migrate(name).exit(120_000)).toEqual({ code: 0, signal: null });
      const pool = new pg.Pool({ connectionString: site.superuserUrl(name), max: 1 });
      expect(await shapeOf(pool)).toEqual(await shapeOf(site.superuser));
      await pool.end();
    },
    400_000,
  );

  it('is what a program without `NODE_ENV=test` refuses to die in', () => {
    const refused = spawnSync(process.execPath, [join('scripts', 'start.mjs')], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ATENDE_HOME: site.home, ATENDE_KILL_POINT: 'migrate.before-step' },
    });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^atende: .*\(ATENDE_KILL_POINT\)/m);
  }, 60_000);
});
