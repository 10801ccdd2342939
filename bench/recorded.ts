import type { Bench } from './bench.js';
import { describeMachine } from './machine.js';
import type { Machine } from './machine.js';
import { times } from './pace.js';
import { cpuOf, difference } from './processes.js';
import type { ByGroup } from './processes.js';
import { median, round } from './statistics.js';

/** What it takes to run inquiries that really happened through their definition once more, from the request to its answer. */
export type RecordedFigures = {
  readonly machine: Machine;
  readonly inquiries: number;
  /** Median, in seconds, of reading them from the database, running them, comparing and answering. */
  readonly seconds: number;
  /** CPU ms of one simulation, by group of processes. */
  readonly cpu: ByGroup;
};

const RUNS = 3;

/** Puts inquiries that ended within minutes on thirty days, as if they had happened then. */
const SPREAD = `
  create temporary table moved as
    select id, (row_number() over (order by opened_at) % 30) * interval '1 day' as by from inquiry where closed_at is not null;
  update event e set at = e.at - m.by from moved m where e.inquiry_id = m.id;
  update message t set sent_at = t.sent_at - m.by, received_at = t.received_at - m.by from moved m where t.inquiry_id = m.id;
  update inquiry i set opened_at = i.opened_at - m.by, closed_at = i.closed_at - m.by from moved m where i.id = m.id;
  drop table moved;
  analyze;`;

type Answer = { readonly runs: readonly { readonly failed: string | null; readonly closedAt: string | null }[] };

/**
 * Lets inquiries happen (a message, its acknowledgement, an answer, the close), spreads them over a month and simulates them.
 *
 * @throws Error when a simulated one fails or does not end
 */
export async function recordedFigures(
  { client, shop, installation, probe }: Bench,
  count: number,
  inFlight: number,
  say: (line: string) => void,
): Promise<RecordedFigures> {
  await times(count, inFlight, async (index) => {
    await shop.lifecycle();
    if ((index + 1) % 100 === 0) say(`${index + 1} recorded`);
  });
  await probe.rows(SPREAD);
  const day = 86_400_000;
  const openedFrom = new Date(Date.now() - 31 * day).toISOString();
  const body = { version: 1, inquiries: { openedFrom, openedTo: new Date().toISOString(), limit: count } };
  const before = cpuOf(installation.roots);
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now();
    const { runs } = (await client.post('ops', '/v1/definitions/standard-br/simulate', body)) as Answer;
    seconds.push((performance.now() - began) / 1_000);
    if (runs.length !== count) throw new Error(`${runs.length} of ${count} were simulated`);
    const bad = runs.find(({ failed, closedAt }) => failed !== null || closedAt === null);
    if (bad !== undefined) throw new Error(`One did not end: ${bad.failed ?? 'open'}`);
  }
  const used = difference(before, cpuOf(installation.roots));
  const cpu = Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, round(ms / RUNS)]));
  return { machine: describeMachine(), inquiries: count, seconds: round(median(seconds), 2), cpu };
}
