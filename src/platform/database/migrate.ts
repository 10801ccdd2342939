import { Migrator } from '@mikro-orm/migrations';
import type { Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Constructor } from '@mikro-orm/core';
import { reach } from '../kill-point/index.js';

/** Any number: all programs that migrate the same database take turns on this lock. */
const LOCK = 727_340_551;

/**
 * Brings the schema up to date, one program at a time. Forward only; each migration is a transaction.
 *
 * @param url login that owns the schema
 * @returns names of the migrations that ran
 */
export async function migrate(url: string, migrations: readonly Constructor<Migration>[]): Promise<string[]> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    pool: { min: 0, max: 2 },
    migrations: { migrationsList: [...migrations], snapshot: false, tableName: 'migration', silent: true },
  });
  try {
    const connection = orm.em.getConnection();
    return await connection.transactional(async (lock) => {
      await connection.execute(`select pg_advisory_xact_lock(${LOCK})`, [], 'run', lock);
      orm.migrator.on('migrating', () => reach('migrate.before-step'));
      orm.migrator.on('migrated', () => reach('migrate.after-step'));
      const done = await orm.migrator.up();
      return done.map((migration) => migration.name);
    });
  } finally {
    await orm.close(true);
  }
}
