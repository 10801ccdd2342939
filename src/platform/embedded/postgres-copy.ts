import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';

/** Folders, from the data folder, whose content belongs to the running server only, or, as the log, is copied after everything else. */
const LEFT_EMPTY: ReadonlySet<string> = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/** Files of the running server; a copy that held them would take itself for running. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_internal\.init.*|backup_label.*|tablespace_map.*|pgsql_tmp.*)$/;

const LOG_SEGMENT = /^[0-9A-F]{24}$/;

const SLOT = 'atende_backup';

/** Files and bytes of a copy. */
export type Copied = { readonly files: number; readonly bytes: number };

type Sum = { files: number; bytes: number };

/**
 * Copies the data folder of a running PostgreSQL, which goes on working meanwhile: the copy holds the log that the files
 * need to become consistent, and `backup_label`, which says where to begin.
 *
 * The order is PostgreSQL's own for a base backup through the low-level interface (manual, chapter "Continuous Archiving and
 * Point-in-Time Recovery"). A slot keeps the log of the whole time; it ends with the connection.
 *
 * @param client a superuser, used for this alone
 * @throws what the file system or the server says; what was copied until then is no backup
 */
export async function copyRunningData(client: pg.Client, data: string, target: string): Promise<Copied> {
  const copied: Sum = { files: 0, bytes: 0 };
  await client.query('select pg_create_physical_replication_slot($1, true, true)', [SLOT]);
  const first = await oneText(client, `select pg_walfile_name(pg_backup_start('atende', fast => true)) as text`);
  await copyFolder({ from: data, to: target, path: '' }, copied);
  const { rows } = await client.query<{ last: string; label: string }>(
    'select pg_walfile_name(lsn) as last, labelfile as label from pg_backup_stop(wait_for_archive => false)',
  );
  const [end] = rows;
  if (end === undefined) throw new Error('PostgreSQL did not say where the backup ends');
  await copyLog(join(data, 'pg_wal'), join(target, 'pg_wal'), copied, { first, last: end.last });
  await writeDurably(join(target, 'backup_label'), end.label);
  return copied;
}

/**
 * Copies a folder that nobody writes to.
 *
 * @throws what the file system says
 */
export async function copyStill(from: string, to: string): Promise<Copied> {
  const copied: Sum = { files: 0, bytes: 0 };
  await mkdir(to, { mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) add(copied, await copyStill(source, target));
    else await copyOne(source, target, copied);
  }
  return copied;
}

/** `path` is the folder's own, from the data folder. */
async function copyFolder(
  { from, to, path }: { readonly from: string; readonly to: string; readonly path: string },
  copied: Sum,
): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  if (LEFT_EMPTY.has(path)) return;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue;
    const inner = { from: join(from, entry.name), to: join(to, entry.name), path: join(path, entry.name) };
    if (entry.isSymbolicLink()) throw new Error(`${inner.from} is a link: tablespaces elsewhere are not copied`);
    try {
      await (entry.isDirectory() ? copyFolder(inner, copied) : copyOne(inner.from, inner.to, copied));
    } catch (error) {
      // A table that is dropped while we copy: the log says so too.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function copyLog(
  from: string,
  to: string,
  copied: Sum,
  range: { readonly first: string; readonly last: string },
): Promise<void> {
  const names = (await readdir(from)).filter((name) => LOG_SEGMENT.test(name));
  const wanted = names.filter((name) => name >= range.first && name <= range.last);
  if (!wanted.includes(range.first) || !wanted.includes(range.last)) throw new Error('the log of the backup is gone');
  for (const name of wanted) await copyOne(join(from, name), join(to, name), copied);
}

/**
 * Copies files by their names, `<folder>/<name>`, out of a folder that others go on writing to; what is deleted meanwhile is left out.
 *
 * @throws what the file system says
 */
export async function copyNamed(names: readonly string[], from: string, to: string): Promise<Copied> {
  const copied: Sum = { files: 0, bytes: 0 };
  for (const name of names) {
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await copyOne(join(from, name), target, copied);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return copied;
}

async function copyOne(from: string, to: string, copied: Sum): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r+');
  try {
    await file.chmod(0o600);
    await file.sync();
    add(copied, { files: 1, bytes: (await file.stat()).size });
  } finally {
    await file.close();
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function add(sum: Sum, more: Copied): void {
  sum.files += more.files;
  sum.bytes += more.bytes;
}

async function oneText(client: pg.Client, sql: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(sql);
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL gave no answer');
  return row.text;
}
