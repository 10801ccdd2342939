import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Command } from 'commander';
import { unifiedDiff } from '../domain/definition/text-diff.js';
import { withClient } from './definition/client.js';
import type { Client } from './definition/client.js';
import { CommandError } from './session.js';
import { KINDS } from './tenant/kinds.js';
import type { Kind, Thing } from './tenant/kind.js';

type Options = { readonly dir: string; readonly json?: true };
type PushOptions = Options & { readonly over?: true };

/**
 * Notes what each file and the tenant's were when one was made of the other: what has changed since is seen by that, and
 * what the API adds to a file (members that were left out) is no difference.
 */
const NOTE = '.atende-tenant.json';
type Note = Readonly<Record<string, { readonly file: string; readonly tenant: string }>>;

/**
 * `tenant`: everything operators set up, as files that can live in git: calendars, rosters, queues, connections (without
 * their secrets), templates, definitions with scenarios, routing, forbidden phrases. Exit code 0 = done, or the same; 1 =
 * different, or something was refused.
 */
export function addTenantCommand(program: Command): void {
  const tenant = program
    .command('tenant')
    .description('what operators set up, as files, over the API (ATENDE_URL, ATENDE_API_KEY; else the demo tenant)');
  const add = (name: string, description: string): Command =>
    tenant
      .command(name)
      .description(description)
      .option('--dir <folder>', 'where the files are', '.')
      .option('--json', 'print one JSON document');
  add('pull', 'write what the tenant has to files; files it does not have are left alone').action((options: Options) =>
    withClient((client) => pullTenant(client, options), '/v1/'),
  );
  add('diff', 'what pushing would change; exit code 1 when it would').action((options: Options) =>
    withClient((client) => diffTenant(client, options), '/v1/'),
  );
  add('push', 'save what differs; definitions become drafts. What is in no file is left alone')
    .option('--over', 'also over what was changed in the tenant since it was pulled')
    .action((options: PushOptions) => withClient((client) => pushTenant(client, options), '/v1/'));
}

/**
 * A file, and what the tenant has under its path; at least one of them is there. `own` and `theirs` are texts of which equal
 * meanings are equal.
 */
type Pair = {
  readonly kind: Kind;
  readonly path: string;
  readonly file: string | null;
  readonly own: string | null;
  readonly there: Thing | null;
  readonly theirs: string | null;
};

/** Writes what the tenant has, where a file does not mean the same already. */
export async function pullTenant(client: Client, { dir, json }: Options): Promise<number> {
  const pairs = (await pairsOf(client, dir)).filter(({ there }) => there !== null);
  const noted = readNote(dir);
  const differing = pairs.filter((pair) => !isSame(pair, noted));
  for (const { path, there } of differing) write(dir, path, there?.text ?? '');
  const marks = pairs.map(
    (pair) => [pair.path, isSame(pair, noted) ? marksOf(pair) : bothOf(pair.theirs ?? '')] as const,
  );
  note(dir, Object.fromEntries(marks));
  const written = differing.map(({ path }) => path);
  say(json, { written }, [...written, `${written.length} files written`]);
  return 0;
}

/** Shows what differs, from the tenant's to the file's. */
export async function diffTenant(client: Client, { dir, json }: Options): Promise<number> {
  const noted = readNote(dir);
  const pairs = (await pairsOf(client, dir)).filter((pair) => !isSame(pair, noted));
  const items = pairs.map(({ path, file, own, there, theirs }) => {
    if (file === null) return { path, only: 'tenant' as const, unified: null };
    if (there === null) return { path, only: 'file' as const, unified: null };
    return { path, only: null, unified: unifiedDiff(theirs ?? '', own ?? '') };
  });
  const lines = items.flatMap(({ path, only, unified }) => {
    if (unified !== null) return [`~ ${path}`, unified.trimEnd()];
    return [only === 'file' ? `+ ${path}` : `- ${path} (in the tenant only; pushing leaves it)`];
  });
  const changing = items.filter(({ only }) => only !== 'tenant');
  say(json, { items }, [...lines, `${changing.length} would change`]);
  return changing.length === 0 ? 0 : 1;
}

/** Saves files that differ, each kind after those it names; goes on after a refusal and tells all of them. */
export async function pushTenant(client: Client, { dir, json, over }: PushOptions): Promise<number> {
  const noted = readNote(dir);
  const items: { path: string; result: 'saved' | 'changed_meanwhile' | 'refused'; lines: readonly string[] }[] = [];
  for (const pair of await pairsOf(client, dir)) {
    const { kind, path, file, there, theirs } = pair;
    if (file === null || isSame(pair, noted)) continue;
    if (there !== null && over !== true && noted[path]?.tenant !== markOf(theirs ?? '')) {
      const words = 'the tenant’s is not the one that was pulled; see diff, then pull, or push with --over';
      items.push({ path, result: 'changed_meanwhile', lines: [words] });
      continue;
    }
    try {
      items.push({ path, result: 'saved', lines: await kind.save(client, path, file, there) });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      items.push({ path, result: 'refused', lines: [error.message] });
    }
  }
  const lines = items.flatMap(({ path, result, lines: more }) => [
    `${result} ${path}`,
    ...more.map((line) => `  ${line}`),
  ]);
  const done = new Set(items.flatMap(({ path, result }) => (result === 'saved' ? [path] : [])));
  const after = done.size === 0 ? [] : (await pairsOf(client, dir)).filter(({ path }) => done.has(path));
  note(dir, { ...noted, ...Object.fromEntries(after.map((pair) => [pair.path, marksOf(pair)])) });
  say(json, { items }, [...lines, `${done.size} saved, ${items.length - done.size} not`]);
  return done.size === items.length ? 0 : 1;
}

async function pairsOf(client: Client, dir: string): Promise<readonly Pair[]> {
  const paths = filesBelow(dir);
  const pairs: Pair[] = [];
  for (const kind of KINDS) {
    const things = new Map((await kind.read(client)).map((thing) => [thing.path, thing]));
    const all = new Set([...things.keys(), ...paths.filter((path) => kind.holds(path))]);
    for (const path of [...all].sort()) {
      const file = paths.includes(path) ? readFileSync(join(dir, path), 'utf8') : null;
      const there = things.get(path) ?? null;
      const theirs = there === null ? null : kind.canonical(there.text);
      pairs.push({ kind, path, file, own: file === null ? null : readable(kind, path, file), there, theirs });
    }
  }
  return pairs;
}

function readable(kind: Kind, path: string, text: string): string {
  try {
    return kind.canonical(text);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function filesBelow(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function isSame(pair: Pair, noted: Note): boolean {
  const { path, own, theirs } = pair;
  if (own === null || theirs === null) return false;
  const { file, tenant } = marksOf(pair);
  return own === theirs || (noted[path]?.file === file && noted[path].tenant === tenant);
}

const marksOf = ({ own, theirs }: Pair): Note[string] => ({ file: markOf(own ?? ''), tenant: markOf(theirs ?? '') });
const bothOf = (text: string): Note[string] => ({ file: markOf(text), tenant: markOf(text) });
const markOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function readNote(dir: string): Note {
  const path = join(dir, NOTE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Note) : {};
}

function note(dir: string, marks: Note): void {
  const sorted = Object.fromEntries(Object.entries(marks).sort(([left], [right]) => (left < right ? -1 : 1)));
  write(dir, NOTE, `${JSON.stringify(sorted, null, 2)}\n`);
}

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function say(json: true | undefined, body: unknown, lines: readonly string[]): void {
  console.log(json === true ? JSON.stringify(body, null, 2) : lines.join('\n'));
}
