import type pg from 'pg';

/** Instants of this century in epoch ms; nothing else that is stored has such a size. */
const [LEAST, MOST] = [1_600_000_000_000, 2_000_000_000_000];

type Column = { readonly name: string; readonly columns: readonly string[] };

/**
 * Moves everything a database remembers in time, as if `ms` had passed since (negative: as if clocks had been set back by
 * so much). All instants are moved, in columns and inside JSON, so that whatever follows sees a consistent past. Fingerprints
 * of states are not: decisions cannot be compared with a replay afterwards.
 */
export async function letTimePass(superuser: pg.Pool, ms: number): Promise<void> {
  const client = await superuser.connect();
  try {
    await client.query('begin');
    // Records that never change have triggers or foreign keys that would refuse this.
    await client.query('set local session_replication_role = replica');
    for (const { name, columns } of await columnsOf(client, 'timestamp with time zone')) {
      const moved = columns.map((column) => `${column} = ${column} - make_interval(secs => $1)`);
      await client.query(`update ${name} set ${moved.join(', ')}`, [ms / 1_000]);
    }
    for (const { name, columns } of await columnsOf(client, 'jsonb')) {
      for (const column of columns) await shiftJson(client, name, column, ms);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function columnsOf(client: pg.PoolClient, type: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select c.table_name as name, array_agg(c.column_name::text) as columns
       from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = $1
        and c.table_name <> 'migration' and c.is_generated = 'NEVER'
      group by 1`,
    [type],
  );
  return rows;
}

async function shiftJson(client: pg.PoolClient, table: string, column: string, ms: number): Promise<void> {
  const { rows } = await client.query<{ ctid: string; value: unknown }>(
    `select ctid::text, ${column} as value from ${table} where ${column} is not null`,
  );
  for (const { ctid, value } of rows) {
    const moved = shifted(value, ms);
    if (JSON.stringify(moved) === JSON.stringify(value)) continue;
    await client.query(`update ${table} set ${column} = $2::jsonb where ctid = $1::tid`, [ctid, JSON.stringify(moved)]);
  }
}

/** A value with every instant in it earlier by `ms`. */
function shifted(value: unknown, ms: number): unknown {
  if (typeof value === 'number') return value > LEAST && value < MOST && Number.isInteger(value) ? value - ms : value;
  if (Array.isArray(value)) return value.map((item) => shifted(item, ms));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shifted(inner, ms)]));
}
