import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../session.js';
import type { Client } from './client.js';

/** Options of `definition migrate`, as they are written. */
export type MigrateOptions = {
  readonly to?: string;
  readonly step: readonly string[];
  readonly where: readonly string[];
  readonly id?: string;
  readonly apply?: true;
  readonly cancel?: true;
};

/** An inquiry of a migration, as far as it is told. */
export type MigrationItem = {
  readonly inquiryId: string;
  readonly from: number;
  readonly state: 'ok' | 'blocked' | 'migrated';
  readonly code: string | null;
  readonly place: string | null;
  readonly deadlines: readonly unknown[];
  readonly levelsDue: number;
};

/** A migration with all its inquiries. */
export type Migration = {
  readonly id: string;
  readonly to: number;
  readonly state: 'checking' | 'ready' | 'applying' | 'done' | 'cancelled';
  readonly counts: Readonly<Record<MigrationItem['state'], number>>;
  readonly items: readonly MigrationItem[];
};

type Page = Migration & { readonly nextCursor: string | null };

const POLL_MS = 500;
const PAGE = 200;

/** Members of `where` that are written as they are; versions and ids are lists, with commas. */
const WORDS = ['step', 'queue', 'shopId', 'openedFrom', 'openedTo'];

/**
 * Looks at a migration, applies or cancels it, and waits until that is done.
 *
 * @param tell is called with each step of its progress
 * @throws {CommandError} when options do not go together, or the API refuses
 */
export async function runMigration(
  client: Client,
  key: string,
  options: MigrateOptions,
  tell: (migration: Migration) => void,
): Promise<Migration> {
  const { apply = false, cancel = false } = options;
  if (apply && cancel) throw new CommandError('--apply and --cancel do not go together');
  const id = options.id ?? (await plan(client, key, options));
  const path = `${key}/migrations/${id}`;
  if (cancel) await client.need('POST', `${path}/cancel`);
  const looked = await ended(client, path, tell);
  if (!apply || looked.state === 'done') return whole(client, path);
  await client.need('POST', `${path}/apply`);
  await ended(client, path, tell);
  return whole(client, path);
}

async function plan(client: Client, key: string, { to, step, where, cancel }: MigrateOptions): Promise<string> {
  if (to === undefined || !/^[1-9]\d*$/.test(to) || cancel === true) {
    throw new CommandError('give --to <version>, or --id <id> of a migration that was looked at');
  }
  const body = JSON.stringify({ to: Number(to), steps: Object.fromEntries(step.map(pair)), where: filterOf(where) });
  const answer = await client.need('POST', `${key}/migrations`, { body });
  return (answer.body as { id: string }).id;
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new CommandError(`"${text}" is not of the form name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function filterOf(where: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    where.map(pair).map(([name, value]): [string, unknown] => {
      if (name === 'versions') return [name, value.split(',').map(Number)];
      if (name === 'inquiryIds') return [name, value.split(',')];
      if (WORDS.includes(name)) return [name, value];
      throw new CommandError(`inquiries are not chosen by "${name}": versions, inquiryIds, ${WORDS.join(', ')}`);
    }),
  );
}

/** Waits until nothing is under way any more. */
async function ended(client: Client, path: string, tell: (migration: Migration) => void): Promise<Migration> {
  for (;;) {
    const { body } = await client.need('GET', `${path}?limit=1`);
    const migration = body as Page;
    tell(migration);
    if (migration.state !== 'checking' && migration.state !== 'applying') return migration;
    await sleep(POLL_MS);
  }
}

async function whole(client: Client, path: string): Promise<Migration> {
  const items: MigrationItem[] = [];
  for (let cursor: string | null = null; ;) {
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { nextCursor, ...page } = (await client.need('GET', `${path}?limit=${PAGE}${more}`)).body as Page;
    items.push(...page.items);
    if (nextCursor === null) return { ...page, items };
    cursor = nextCursor;
  }
}

/** What became, or would become, of inquiries, a line each, and the sum. */
export function migrationLines(key: string, { id, to, state, counts, items }: Migration): string[] {
  const lines = items.map(({ inquiryId, from, state: of, code, place, deadlines, levelsDue }) => {
    const why = code === null ? `${deadlines.length} deadlines move, ${levelsDue} levels due at once` : code;
    return `${of.padEnd(8)} ${inquiryId} from ${from}: ${why}${place === null ? '' : ` (${place})`}`;
  });
  const { ok, blocked, migrated } = counts;
  return [...lines, `${key} to ${to}: ${state}, ${ok} ok, ${blocked} blocked, ${migrated} migrated; --id ${id}`];
}
