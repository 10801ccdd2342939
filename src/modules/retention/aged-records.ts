import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/** Records that are only needed for a while, whatever becomes of the inquiries they served. */
export const AGED_RECORDS = [
  'rawDeliveries',
  'quarantined',
  'earlyReceipts',
  'hints',
  'syncEntries',
  'sketches',
  'testRuns',
  'answers',
] as const;
export type AgedRecord = (typeof AGED_RECORDS)[number];
export type AgedCounts = Readonly<Record<AgedRecord, number>>;

const DAY_MS = 86_400_000;

type Aged = {
  readonly table: string;
  readonly since: string;
  readonly keptMs: number;
  /** Whether it holds what buyers wrote, so that a hold on the tenant keeps it. */
  readonly isContent: boolean;
};

/** Periods: raw payloads 14 days (privacy reference 1.8, no. 13), answers to repeated requests 7 days (engine.md 4). */
const AGED: Readonly<Record<AgedRecord, Aged>> = {
  rawDeliveries: { table: 'raw_delivery', since: 'received_at', keptMs: 14 * DAY_MS, isContent: true },
  quarantined: { table: 'quarantine', since: 'received_at', keptMs: 14 * DAY_MS, isContent: true },
  earlyReceipts: { table: 'early_receipt', since: 'at', keptMs: 14 * DAY_MS, isContent: true },
  hints: { table: 'channel_hint', since: 'seen_at', keptMs: 14 * DAY_MS, isContent: false },
  syncEntries: { table: 'sync_entry', since: 'at', keptMs: 14 * DAY_MS, isContent: false },
  sketches: { table: 'sent_sketch', since: 'sent_at', keptMs: DAY_MS, isContent: false },
  testRuns: { table: 'test_run', since: 'begun_at', keptMs: DAY_MS, isContent: false },
  answers: { table: 'idempotency', since: 'created_at', keptMs: 7 * DAY_MS, isContent: false },
};

const UNLESS_HELD = `
  and not exists (select from hold h where h.tenant_id = r.tenant_id and h.scope_kind = 'tenant' and h.released_at is null)`;

/** How many records of a kind are past their time at `now` (epoch ms). */
export async function countAged(tx: Tx, kind: AgedRecord, now: number): Promise<number> {
  const { sql, before } = selection(kind, now);
  const { count } = await tx.one<{ count: number }>(`select count(*) ${sql}`, [tx.tenantId, before]);
  return count;
}

/** Deletes up to `limit` records of a kind that are past their time; returns how many went. */
export async function deleteAged(tx: Tx, kind: AgedRecord, now: number, limit: number): Promise<number> {
  const { table } = AGED[kind];
  const { sql, before } = selection(kind, now);
  return tx.run(`delete from ${table} where tenant_id = $1 and id in (select r.id ${sql} limit $3)`, [
    tx.tenantId,
    before,
    limit,
  ]);
}

function selection(kind: AgedRecord, now: number): { readonly sql: string; readonly before: string } {
  const { table, since, keptMs, isContent } = AGED[kind];
  const sql = `from ${table} r where r.tenant_id = $1 and r.${since} < $2 ${isContent ? UNLESS_HELD : ''}`;
  return { sql, before: instant(now - keptMs) };
}
