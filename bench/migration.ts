import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { describeMachine } from './machine.js';
import type { Machine } from './machine.js';
import { times } from './pace.js';
import { cpuOf, difference } from './processes.js';
import type { ByGroup } from './processes.js';
import { round } from './statistics.js';

/** What it takes to bring open inquiries onto another version of their definition. */
export type MigrationFigures = {
  readonly machine: Machine;
  readonly inquiries: number;
  readonly dryRunSeconds: number;
  /** From the request until the last one has moved; the product bounds the rate. */
  readonly applySeconds: number;
  /** CPU ms for each of them, dry run and move, by group of processes. */
  readonly cpu: ByGroup;
};

type Migration = { readonly id: string; readonly state: string; readonly counts: Readonly<Record<string, number>> };

const DEFINITION = '/v1/definitions/standard-br';
const STEPS = { reply: 'answer' };
const POLL_MS = 250;

/**
 * Opens inquiries on the shipped definition, publishes it with another target and another name of the step they rest on, and
 * has all of them moved.
 *
 * @throws Error when one of them stays where it was
 */
export async function migrationFigures(
  { client, shop, installation }: Bench,
  count: number,
  inFlight: number,
  say: (line: string) => void,
): Promise<MigrationFigures> {
  await times(count, inFlight, async (index) => {
    await shop.open();
    if ((index + 1) % 100 === 0) say(`${index + 1} open`);
  });
  const to = await publishNext(client);
  const before = cpuOf(installation.roots);
  const read = async ({ id }: Pick<Migration, 'id'>): Promise<Migration> =>
    (await client.get('ops', `${DEFINITION}/migrations/${id}?limit=1`)) as Migration;
  const until = async (migration: Migration, state: string): Promise<Migration> => {
    let seen = migration;
    for (; seen.state !== state; seen = await read(migration)) await sleep(POLL_MS);
    return seen;
  };
  const [planned, dryRunSeconds] = await timed(async () => {
    const asked = await client.post('ops', `${DEFINITION}/migrations`, { to, steps: STEPS });
    return until(asked as Migration, 'ready');
  });
  say(`looked at ${count}: ${JSON.stringify(planned.counts)}`);
  const [done, applySeconds] = await timed(async () => {
    await client.post('ops', `${DEFINITION}/migrations/${planned.id}/apply`, {});
    return until(planned, 'done');
  });
  if (done.counts['migrated'] !== count) throw new Error(`Not all have moved: ${JSON.stringify(done.counts)}`);
  const used = difference(before, cpuOf(installation.roots));
  const cpu = Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, round(ms / count, 1)]));
  return { machine: describeMachine(), inquiries: count, dryRunSeconds, applySeconds, cpu };
}

async function publishNext(client: Bench['client']): Promise<number> {
  const text = (await client.get('ops', `${DEFINITION}/versions/1`)) as string;
  const next = text
    .replace('- id: reply\n', '- id: answer\n')
    .replace('message: reply', 'message: answer')
    .replace('{ is: 1h }', '{ is: 90m }');
  const yaml = { 'content-type': 'application/yaml', 'if-match': '*' };
  await client.change('ops', 'PUT', `${DEFINITION}/draft`, next, yaml);
  const { version } = (await client.post('ops', `${DEFINITION}/publish`, {})) as { readonly version: number };
  return version;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, round((performance.now() - began) / 1_000, 1)];
}
