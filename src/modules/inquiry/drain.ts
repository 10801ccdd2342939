import type { InquiryEvent } from '../../domain/inquiry/events.js';
import type { Tx } from '../../platform/database/index.js';
import type { CommandState, DrainResult } from '../../workflows/messages.js';
import type { DecisionDefect } from './defects.js';
import { finishDrain } from './finish.js';
import { opened, unapplied } from './inbox.js';
import type { InboxRow } from './inbox.js';
import { lockInquiry, readInquiry } from './locked.js';
import type { Locked } from './locked.js';
import { Run } from './run.js';
import type { Trial } from './run.js';
import type { InquiryStores } from './stores.js';

export type DrainOptions = {
  /** Epoch ms: workflow time in a ring, database time elsewhere. */
  readonly now: number;
  /** Commands whose state the caller wants to know. */
  readonly commands?: readonly string[];
  /** True when the workflow itself asked, so that it knows the wake it is told. */
  readonly ring: boolean;
};

/**
 * Brings one inquiry up to date at an instant, inside a transaction: applies what its inbox holds and what time has made
 * due, each by one pure decision, and writes everything that follows. Run again it finds nothing left to do.
 *
 * @param defects what earlier attempts of this very drain failed on: set aside, with a task for a person, where they are met
 *   again; another drain may have been quicker
 * @throws DecisionDefect when a decision itself fails; the transaction must then be rolled back
 */
export async function drain(
  tx: Tx,
  stores: InquiryStores,
  inquiryId: string,
  options: DrainOptions,
  defects: readonly DecisionDefect[] = [],
): Promise<DrainResult | null> {
  const run = await drainRun(tx, stores, inquiryId, options, defects);
  if (run === null) return null;
  const commands = await commandStates(tx, options.commands ?? [], run.answers());
  return { summary: run.summary(), applied: run.applied(), commands };
}

/** The same for whoever wants to see what was decided. */
export async function drainRun(
  tx: Tx,
  stores: InquiryStores,
  inquiryId: string,
  options: DrainOptions,
  defects: readonly DecisionDefect[] = [],
): Promise<Run | null> {
  // Sent together, answered in this order: under the locks nothing more is accepted.
  const [locked, waiting] = await Promise.all([lockInquiry(tx, stores.vault, inquiryId), unapplied(tx, inquiryId)]);
  if (!locked) return null;
  const rows = opened(locked.keys, inquiryId, waiting);
  const plan = await stores.plans.plan(tx, locked.definition.key, locked.definition.version);
  const run = new Run(tx, stores, locked, plan, clockOf(locked, rows, options.now));
  for (const [index, row] of rows.entries()) {
    run.expect(rows, index);
    const defect = defects.find((known) => known.row?.id === row.id);
    await (defect === undefined ? run.apply(row.payload, row) : run.putAside(defect));
  }
  run.expect([], 0);
  await run.applyDue(defects);
  await finishDrain(tx, run, options);
  return run;
}

/**
 * The decision that an event would lead to on an inquiry as it stands, its inbox left aside. Nothing is locked or written.
 *
 * @returns null when there is no such inquiry
 * @throws DecisionDefect when the decision itself fails
 */
export async function tryOut(
  tx: Tx,
  stores: InquiryStores,
  inquiryId: string,
  event: InquiryEvent,
  now: number,
): Promise<Trial | null> {
  const seen = await readInquiry(tx, stores.vault, inquiryId);
  if (!seen) return null;
  const plan = await stores.plans.plan(tx, seen.definition.key, seen.definition.version);
  const run = new Run(tx, stores, seen, plan, clockOf(seen, [], now));
  return { event, before: run.state, now: run.now, decision: await run.decide(event, null) };
}

/** Never before the inquiry's last event or what it is about to apply: history runs forward. */
function clockOf(locked: Locked, rows: readonly InboxRow[], now: number): number {
  return Math.max(now, locked.lastEventAt ?? 0, ...rows.map((row) => row.acceptedAt));
}

/** State of each command asked for, those answered by this drain or an earlier one; one without a row counts as pending. */
async function commandStates(
  tx: Tx,
  ids: readonly string[],
  answers: ReadonlyMap<string, CommandState>,
): Promise<Record<string, CommandState>> {
  const states = new Map(answers);
  const earlier = ids.filter((id) => !states.has(id));
  if (earlier.length > 0) {
    const rows = await tx.query<{ id: string; state: CommandState }>(
      'select id, state from command where tenant_id = $1 and id = any($2)',
      [tx.tenantId, earlier],
    );
    for (const row of rows) states.set(row.id, row.state);
  }
  return Object.fromEntries(ids.map((id) => [id, states.get(id) ?? 'pending']));
}
