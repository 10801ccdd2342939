import type { InquiryState, LevelState, ObligationState } from '../../domain/inquiry/state.js';
import { isOpenObligation, statusOf, unansweredOf } from '../../domain/inquiry/state.js';
import { URGENCIES } from '../../domain/definition/plan.js';
import { instant } from '../../platform/database/index.js';
import type { Keys } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { storedState } from './stored-state.js';

/** The rows that mirror an inquiry's state for lists, clocks and ledgers. */

const INSERT_OBLIGATIONS = `
  insert into obligation (tenant_id, inquiry_id, name, instance, state, clock, calendar_key, calendar_version, started_at,
                          deadline, breached_at, met_at, met_by, cause, spans)
  select $1, $2, r.name, r.instance, r.state, r.clock, r.calendar_key, r.calendar_version, r.started_at, r.deadline,
         r.breached_at, r.met_at, r.met_by, r.cause, r.spans
    from jsonb_to_recordset($3::jsonb) as r (name text, instance int, state text, clock text, calendar_key text,
         calendar_version int, started_at timestamptz, deadline timestamptz, breached_at timestamptz,
         met_at timestamptz, met_by jsonb, cause text, spans jsonb)`;

const UPDATE_OBLIGATIONS = `
  update obligation o set state = r.state, deadline = r.deadline, breached_at = r.breached_at, met_at = r.met_at,
         met_by = r.met_by, cause = r.cause, spans = r.spans, calendar_version = r.calendar_version
    from jsonb_to_recordset($3::jsonb) as r (name text, instance int, state text, deadline timestamptz,
         breached_at timestamptz, met_at timestamptz, met_by jsonb, cause text, spans jsonb, calendar_version int)
   where o.tenant_id = $1 and o.inquiry_id = $2 and o.name = r.name and o.instance = r.instance`;

const INSERT_LEVELS = `
  insert into obligation_level (tenant_id, inquiry_id, name, instance, level, state, planned_at, fired_at)
  select $1, $2, r.name, r.instance, r.level, r.state, r.planned_at, r.fired_at
    from jsonb_to_recordset($3::jsonb) as r (name text, instance int, level int, state text, planned_at timestamptz,
         fired_at timestamptz)`;

const UPDATE_LEVELS = `
  update obligation_level l set state = r.state, planned_at = r.planned_at, fired_at = r.fired_at
    from jsonb_to_recordset($3::jsonb) as r (name text, instance int, level int, state text, planned_at timestamptz,
         fired_at timestamptz)
   where l.tenant_id = $1 and l.inquiry_id = $2 and l.name = r.name and l.instance = r.instance and l.level = r.level`;

/** Brings the obligation and level rows from the earlier to the new state; only what differs is written. */
export async function persistObligations(tx: Tx, id: string, before: InquiryState, after: InquiryState): Promise<void> {
  const old = new Map(before.obligations.map((obligation) => [keyOf(obligation), obligation]));
  const added = after.obligations.filter((obligation) => !old.has(keyOf(obligation)));
  const changed = after.obligations.filter((obligation) => {
    const earlier = old.get(keyOf(obligation));
    return earlier !== undefined && earlier !== obligation;
  });
  await write(tx, INSERT_OBLIGATIONS, id, added.map(obligationRow));
  await write(tx, UPDATE_OBLIGATIONS, id, changed.map(obligationRow));
  const levels = [...added, ...changed].map((obligation) => levelChanges(obligation, old.get(keyOf(obligation))));
  await write(
    tx,
    INSERT_LEVELS,
    id,
    levels.flatMap((change) => change.added),
  );
  await write(
    tx,
    UPDATE_LEVELS,
    id,
    levels.flatMap((change) => change.changed),
  );
}

type LevelChanges = { readonly added: Record<string, unknown>[]; readonly changed: Record<string, unknown>[] };

/** The rows of levels that differ; those of a longer chain it had before stay, as levels that will not fire. */
function levelChanges(obligation: ObligationState, before: ObligationState | undefined): LevelChanges {
  const earlier = new Map(before?.levels.map((level) => [level.level, level]));
  const gone = [...earlier.values()].filter(({ level }) => !obligation.levels.some((other) => other.level === level));
  const left = gone.map((level): LevelState => (level.state === 'pending' ? { ...level, state: 'cancelled' } : level));
  const isChanged = (level: LevelState): boolean =>
    JSON.stringify(level) !== JSON.stringify(earlier.get(level.level) ?? null);
  const differing = [...obligation.levels, ...left].filter(isChanged);
  const rows = (list: readonly LevelState[]): Record<string, unknown>[] =>
    list.map((level) => levelRow(obligation, level));
  return {
    added: rows(differing.filter(({ level }) => !earlier.has(level))),
    changed: rows(differing.filter(({ level }) => earlier.has(level))),
  };
}

async function write(tx: Tx, sql: string, id: string, rows: readonly unknown[]): Promise<void> {
  if (rows.length > 0) await tx.post(sql, [tx.tenantId, id, JSON.stringify(rows)]);
}

function keyOf(obligation: ObligationState): string {
  return `${obligation.name}/${obligation.instance}`;
}

function obligationRow(obligation: ObligationState): Record<string, unknown> {
  return {
    name: obligation.name,
    instance: obligation.instance,
    state: obligation.status,
    clock: obligation.clock,
    calendar_key: obligation.calendar?.key ?? null,
    calendar_version: obligation.calendar?.version ?? null,
    started_at: instant(obligation.startedAt),
    deadline: instant(obligation.deadline),
    breached_at: instant(obligation.breachedAt),
    met_at: instant(obligation.metAt),
    met_by: obligation.metBy === null ? null : { by: obligation.metBy },
    cause: obligation.cause,
    spans: obligation.pauses,
  };
}

function levelRow(obligation: ObligationState, level: LevelState): Record<string, unknown> {
  return {
    name: obligation.name,
    instance: obligation.instance,
    level: level.level,
    state: level.state,
    planned_at: instant(level.plannedAt),
    fired_at: instant(level.firedAt),
  };
}

/** A late event of an archived inquiry does not bring it back among those that may be reopened. */
const UPDATE_INQUIRY = `
  update inquiry set state = $3::jsonb, data = $25, status = case when archived_at is null then $4 else 'archived' end, step = $5,
         last_seq = $6, last_event_at = $7, intent = $8,
         urgency = $9, urgency_rank = $10, sensitive = $11, language = $12, tags = $13, queue_key = $14,
         unanswered_since = $15, due_any = $16, due_wall = $17, next_wake = $18, known_wake = $19, closed_at = $20,
         retention_class = $21, reopen_until = $22, retain_until = $23, ring_wanted = $24,
         definition_version = $26, version = version + 1
   where tenant_id = $1 and id = $2`;

export type InquiryWrite = {
  readonly id: string;
  readonly state: InquiryState;
  readonly definitionVersion: number;
  readonly lastSeq: number;
  readonly at: number;
  readonly nextWake: number | null;
  readonly knownWake: number | null;
  readonly ringWanted: boolean;
  /** Epoch ms until which the content is kept; set at close. */
  readonly retainUntil: number | null;
};

/** Writes the inquiry row: the state itself and the columns lists are sorted and filtered by. */
export async function persistInquiry(tx: Tx, keys: Keys, write: InquiryWrite): Promise<void> {
  const { state } = write;
  const stored = storedState(keys, write.id, state);
  const due = dueInstants(state);
  await tx.post(UPDATE_INQUIRY, [
    tx.tenantId,
    write.id,
    stored.clear,
    statusOf(state),
    state.step,
    write.lastSeq,
    instant(write.at),
    state.intent,
    state.urgency,
    URGENCIES.indexOf(state.urgency),
    state.sensitive,
    state.language,
    state.tags,
    state.queue,
    instant(unansweredOf(state)[0]?.sentAt),
    instant(due.any),
    instant(due.wall),
    instant(write.nextWake),
    instant(write.knownWake),
    instant(state.closedAt),
    state.closedAt === null ? null : (state.closing?.retention ?? null),
    state.closedAt === null ? null : instant(state.closedAt + (state.closing?.reopenWithinMs ?? 0)),
    instant(write.retainUntil),
    write.ringWanted,
    stored.data,
    write.definitionVersion,
  ]);
}

/** The earliest open deadline on any clock, and the earliest on a wall clock (epoch ms). */
export function dueInstants(state: InquiryState): { readonly any: number | null; readonly wall: number | null } {
  const open = state.obligations.filter((obligation) => isOpenObligation(obligation) && obligation.deadline !== null);
  const earliest = (list: readonly ObligationState[]): number | null =>
    list.length === 0 ? null : Math.min(...list.map((obligation) => obligation.deadline ?? Infinity));
  return { any: earliest(open), wall: earliest(open.filter((obligation) => obligation.clock === 'wall')) };
}
