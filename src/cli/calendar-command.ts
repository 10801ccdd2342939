import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { withClient } from './definition/client.js';
import type { Client } from './definition/client.js';
import { CommandError } from './session.js';

type Json = { readonly json?: true };
type Move = { readonly inquiryId: string; readonly obligation: string; readonly instance: number } & {
  readonly from: string;
  readonly to: string;
};
type Preview = { readonly version: number; readonly total: number; readonly moved: readonly Move[] };
type Reapplied = { readonly applied: number; readonly skipped: readonly (Omit<Move, 'from'> & { code: string })[] };

/**
 * `calendar`: what a change of a calendar would do to open deadlines, before and after it is saved (`tenant push`). Exit code 0 =
 * nothing would move, or all that was asked for does; 1 = something would, was left alone, or was refused.
 */
export function addCalendarCommand(program: Command): void {
  const calendar = program
    .command('calendar')
    .description('changes of calendars over the API (ATENDE_URL, ATENDE_API_KEY; else the demo tenant)');
  calendar
    .command('preview <file>')
    .description('which open deadlines the calendar of a file would move; nothing is saved; exit code 1 when it would')
    .option('--json', 'print one JSON document, for reapply')
    .action((file: string, options: Json) => withClient((client) => previewCalendar(client, file, options), '/v1/'));
  calendar
    .command('reapply <key>')
    .description('put open deadlines onto the newest version, as a preview showed them')
    .requiredOption('--moved <file>', 'the preview, or as much of it as is wanted')
    .option('--json', 'print one JSON document')
    .action((key: string, options: Json & { moved: string }) =>
      withClient((client) => reapplyCalendar(client, key, options), '/v1/'),
    );
}

/** Tells which open deadlines the calendar of a file would move. */
export async function previewCalendar(client: Client, file: string, { json }: Json): Promise<number> {
  const { key, ...spec } = documentOf(file);
  if (typeof key !== 'string') throw new CommandError(`${file} has no key: it cannot be told which calendar it is`);
  const { body } = await client.need('POST', `calendars/${key}/preview`, { body: JSON.stringify(spec) });
  const { version, total, moved } = body as Preview;
  const lines = moved.map(
    ({ inquiryId, obligation, instance, from, to }) => `${inquiryId} ${obligation} ${instance}: ${from} -> ${to}`,
  );
  const rest = total > moved.length ? [`… and ${total - moved.length} more`] : [];
  const sum = `${key}: version ${version} would move ${total} open deadlines`;
  console.log(json === true ? JSON.stringify(body, null, 2) : [...lines, ...rest, sum].join('\n'));
  return total === 0 ? 0 : 1;
}

/** Moves open deadlines as a preview showed them. */
export async function reapplyCalendar(
  client: Client,
  key: string,
  { moved: file, json }: Json & { readonly moved: string },
): Promise<number> {
  const { version, moved } = documentOf(file);
  const sent = JSON.stringify({ version, moved });
  const { body } = await client.need('POST', `calendars/${key}/reapply`, { body: sent });
  const { applied, skipped } = body as Reapplied;
  const lines = skipped.map(
    ({ code, inquiryId, obligation, instance }) => `${code} ${inquiryId} ${obligation} ${instance}`,
  );
  const sum = `${key}: ${applied} moved, ${skipped.length} left alone`;
  console.log(json === true ? JSON.stringify(body, null, 2) : [...lines, sum].join('\n'));
  return skipped.length === 0 ? 0 : 1;
}

function documentOf(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}`);
  const value: unknown = parse(readFileSync(path, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new CommandError(`${path} holds nothing`);
  return value as Readonly<Record<string, unknown>>;
}
