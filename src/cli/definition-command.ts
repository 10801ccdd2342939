import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { changeLines } from './definition/change-lines.js';
import type { Problem, TextDiff } from './definition/change-lines.js';
import { refusalText, withClient } from './definition/client.js';
import type { Answer, Client } from './definition/client.js';
import { readDefinition, scenariosPath } from './definition/files.js';
import { migrationLines, runMigration } from './definition/migrate.js';
import type { MigrateOptions } from './definition/migrate.js';
import { hasPassed, simulationAsked, simulationLines } from './definition/simulate.js';
import type { SimulateOptions, Simulation } from './definition/simulate.js';
import { readTenantDefinition, saveDefinition, saveScenarios } from './definition/store.js';
import { CommandError } from './session.js';

type Json = { readonly json?: true };

/**
 * `definition`: what operators do with definitions, from files that can live in git. Exit code 0 = done, 1 = something is
 * wrong or was refused.
 */
export function addDefinitionCommand(program: Command): void {
  const definition = program
    .command('definition')
    .description('definitions of a tenant over its API (ATENDE_URL, ATENDE_API_KEY; else the demo tenant)');
  const add = (name: string, description: string): Command =>
    definition.command(name).description(description).option('--json', 'print one JSON document');
  add('validate <file>', 'what is wrong in a file; nothing is saved').action((file: string, options: Json) =>
    withClient((client) => validate(client, file, options)),
  );
  add('push <file>', 'save a file as the draft, and the scenarios beside it')
    .option('--over <version>', 'version of the draft that is replaced, as you have read it')
    .action((file: string, options: Json & { over?: string }) => withClient((client) => push(client, file, options)));
  add('pull <key>', 'write the draft, else the newest version, and its scenarios to files')
    .option('--dir <folder>', 'where to', '.')
    .action((key: string, options: Json & { dir: string }) => withClient((client) => pull(client, key, options)));
  add('diff <file>', 'how a file differs from the newest version, by meaning and by lines; exit code 1 when it does')
    .option('--from <version>', 'from another version')
    .action((file: string, options: Json & { from?: string }) => withClient((client) => diff(client, file, options)));
  add('graph <file>', 'draw the steps, outcomes and chains of a file; a key draws what the tenant has')
    .option('--on <version>', 'a published version, of a key')
    .addOption(new Option('--format <format>').choices(['svg', 'mermaid']).default('svg'))
    .option('--language <tag>', 'language of the title and of the words around', 'en')
    .option('--out <path>', 'file to write; without it the drawing is printed')
    .action((what: string, options: GraphOptions) => withClient((client) => graph(client, what, options)));
  add('publish <key>', 'make the draft the next version')
    .option('--reason <text>', 'why, kept with the version')
    .option('--draft <version>', 'the draft you have read; another one is not published')
    .action((key: string, options: Json & { reason?: string; draft?: string }) =>
      withClient((client) => publish(client, key, options)),
    );
  add('simulate <key>', 'run the kept scenarios on the draft; exit code 1 when one fails')
    .option('--on <version>', 'on a published version')
    .option('--compare-with <version>', 'tell the difference to another version')
    .option('--script <file>', 'the scenario of a file instead')
    .option('--opened-from <instant>', 'inquiries that were opened from then on instead, against what happened')
    .option('--opened-to <instant>', 'and until then; now unless given')
    .option('--limit <number>', 'so many of them at most (100)')
    .option('--of <key>', 'inquiries of another definition')
    .option('--assume <file>', 'what people and buyers are supposed to do at steps, instead of what they did')
    .option('--from <instant>', 'beginning of the simulated time')
    .option('--to <instant>', 'end of the simulated time')
    .action((key: string, options: Json & SimulateOptions) => withClient((client) => simulate(client, key, options)));
  add('migrate <key>', 'what would become of open inquiries on another version; exit code 1 when one is blocked')
    .option('--to <version>', 'the version they are to go on by')
    .option('--step <old=new>', 'what a step is called there; may be repeated', collected, [])
    .option('--where <name=value>', 'only some: versions, step, queue, shopId, inquiryIds, …', collected, [])
    .option('--id <id>', 'a migration that was looked at before')
    .option('--dry-run', 'look only (without --apply nothing else is done)')
    .addOption(new Option('--apply', 'move them, and wait until that is done').conflicts('dryRun'))
    .option('--cancel', 'stop before the next inquiry')
    .action((key: string, options: Json & MigrateOptions) => withClient((client) => migrate(client, key, options)));
}

function collected(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

type GraphOptions = Json & { readonly on?: string; readonly format: string; readonly language: string } & {
  readonly out?: string;
};

/** Prints an answer: whole as JSON, else the lines that tell it. */
function say({ json }: Json, body: unknown, lines: readonly string[]): void {
  console.log(json === true ? JSON.stringify(body, null, 2) : lines.join('\n'));
}

/** Problems as compilers print them. */
function problemLines(path: string, problems: readonly Problem[]): string[] {
  return problems.map(
    ({ line, column, severity, code, message, remedy }) =>
      `${path}:${line}:${column} ${severity} ${code}: ${message}. ${remedy}`,
  );
}

const hasErrors = (problems: readonly Problem[]): boolean => problems.some(({ severity }) => severity === 'error');

/** Checks a file for the tenant. */
export async function validate(client: Client, file: string, options: Json): Promise<number> {
  const { key, text, type } = readDefinition(file);
  const { body } = await client.need('POST', `${key}/validate`, { body: text, type });
  const { problems } = body as { problems: Problem[] };
  say(options, body, [...problemLines(file, problems), `${key}: ${problems.length} problems`]);
  return hasErrors(problems) ? 1 : 0;
}

/** Saves a file as the draft; a draft that is there and differs has to be named, so that nobody's work is lost unseen. */
export async function push(client: Client, file: string, options: Json & { readonly over?: string }): Promise<number> {
  const { key, text, type, scenarios } = readDefinition(file);
  const there = await client.ask('GET', `${key}/draft`);
  const isSame = there.status === 200 && there.body === text;
  if (there.status === 200 && !isSame && options.over === undefined) {
    const version = there.etag?.replaceAll('"', '') ?? '';
    throw new CommandError(`there is a draft ${version} of ${key}; read it (pull), then repeat with --over ${version}`);
  }
  const ifMatch = options.over === undefined ? there.etag : `"${options.over}"`;
  const { version, problems } = await saveDefinition(client, key, { body: text, type, ifMatch });
  await saveScenarios(client, key, scenarios);
  const names = Object.keys(scenarios);
  say(options, { key, version, problems, scenarios: names }, [
    ...problemLines(file, problems),
    `${key}: draft ${version}, ${problems.length} problems, ${names.length} scenarios`,
  ]);
  return hasErrors(problems) ? 1 : 0;
}

/** Writes what the tenant has to files. */
export async function pull(client: Client, key: string, options: Json & { readonly dir: string }): Promise<number> {
  const { text, draft, scenarios } = await readTenantDefinition(client, key);
  const path = join(options.dir, `${key}.${text.trimStart().startsWith('{') ? 'json' : 'yaml'}`);
  writeFileSync(path, text);
  const names = Object.keys(scenarios);
  if (names.length > 0) writeFileSync(scenariosPath(path), stringify(scenarios));
  // The draft's version is what has to be named to replace it, or to publish it where another person has to.
  const named = draft === null ? 'published' : `draft ${draft}`;
  say(options, { key, path, draft, scenarios: names }, [`${path}, ${named}, ${names.length} scenarios`]);
  return 0;
}

/** Compares a file with a published version, the newest unless one is named. */
export async function diff(client: Client, file: string, options: Json & { readonly from?: string }): Promise<number> {
  const { key, text, type } = readDefinition(file);
  const query = options.from === undefined ? '' : `?from=${encodeURIComponent(options.from)}`;
  const { body } = await client.need('POST', `${key}/diff${query}`, { body: text, type });
  const { from, unified, changes, problems } = body as TextDiff;
  if (unified === '') {
    say(options, body, [`${key}: the same as version ${from}`]);
    return 0;
  }
  const meant = changes === null ? ['it has errors, so only the lines are compared'] : changeLines(changes);
  say(options, body, [
    ...problemLines(file, problems),
    ...(meant.length === 0 ? [`${key}: means the same as version ${from}`] : meant),
    '',
    unified.trimEnd(),
  ]);
  return 1;
}

/** Draws a file, or what the tenant has under a key. */
export async function graph(client: Client, what: string, options: GraphOptions): Promise<number> {
  const { format, language, on, out } = options;
  const isFile = /\.(ya?ml|json)$/.test(what);
  if (isFile && on !== undefined) throw new CommandError('a file is no version: leave out --on, or name a key');
  const look = new URLSearchParams({ format, language, ...(on === undefined ? {} : { version: on }) });
  const { key, ...sent } = isFile ? fileOf(what) : { key: what };
  const answer = await client.ask(isFile ? 'POST' : 'GET', `${key}/graph?${look.toString()}`, sent);
  if (answer.status !== 200) {
    say(options, answer.body, [refusalText(answer), ...problemLines(what, problemsOf(answer))]);
    return 1;
  }
  const drawing = String(answer.body);
  if (out !== undefined) writeFileSync(out, drawing);
  say(options, { key, format, ...(out === undefined ? { drawing } : { out }) }, [out ?? drawing.trimEnd()]);
  return 0;
}

function fileOf(path: string): { readonly key: string; readonly body: string; readonly type: string } {
  const { key, text, type } = readDefinition(path);
  return { key, body: text, type };
}

/** Publishes the draft. */
export async function publish(
  client: Client,
  key: string,
  options: Json & { readonly reason?: string; readonly draft?: string },
): Promise<number> {
  const body = JSON.stringify(options.reason === undefined ? {} : { reason: options.reason });
  const ifMatch = options.draft === undefined ? null : `"${options.draft}"`;
  const answer = await client.ask('POST', `${key}/publish`, { body, ifMatch });
  if (answer.status === 201) {
    const { version, checksum } = answer.body as { version: number; checksum: string };
    say(options, answer.body, [`${key}: version ${version}, ${checksum}`]);
    return 0;
  }
  say(options, answer.body, [refusalText(answer), ...problemLines(key, problemsOf(answer))]);
  return 1;
}

function problemsOf({ body }: Answer): readonly Problem[] {
  return (body as { problems?: readonly Problem[] }).problems ?? [];
}

/** Runs the kept scenarios, a script, or inquiries that were. */
export async function simulate(client: Client, key: string, options: Json & SimulateOptions): Promise<number> {
  const asked = JSON.stringify(simulationAsked(options));
  const { body } = await client.need('POST', `${key}/simulate`, { body: asked });
  const simulation = body as Simulation;
  say(options, body, simulationLines(key, simulation));
  return hasPassed(simulation) ? 0 : 1;
}

/** Looks at a migration, or carries it out; progress goes to stderr, so that the output stays one document. */
export async function migrate(client: Client, key: string, options: Json & MigrateOptions): Promise<number> {
  let told = '';
  const migration = await runMigration(client, key, options, ({ state, counts }) => {
    const line = `${state}: ${counts.ok} ok, ${counts.blocked} blocked, ${counts.migrated} migrated`;
    if (line !== told) console.error(line);
    told = line;
  });
  say(options, migration, migrationLines(key, migration));
  return migration.counts.blocked === 0 ? 0 : 1;
}
