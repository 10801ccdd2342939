import type { MigrationBlockCode } from '../../domain/inquiry/migration/blocks.js';
import type { DeadlineMove, MigrationOutcome } from '../../domain/inquiry/migration/outcome.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/**
 * How far a migration has come: it looks at every inquiry (`checking`), has looked (`ready`), moves them (`applying`), and is
 * `done`, or `cancelled` by somebody.
 */
export type MigrationState = 'checking' | 'ready' | 'applying' | 'done' | 'cancelled';

/** Which open inquiries; what is not named does not matter. Instants are epoch ms, the end excluded. */
export type MigrationFilter = {
  readonly versions?: readonly number[] | undefined;
  readonly step?: string | undefined;
  readonly queue?: string | undefined;
  readonly shopId?: string | undefined;
  readonly inquiryIds?: readonly string[] | undefined;
  readonly openedFrom?: number | undefined;
  readonly openedTo?: number | undefined;
};

/** A migration of open inquiries onto a version of their definition. Instants are epoch ms. */
export type Migration = {
  readonly id: string;
  readonly definition: string;
  readonly to: number;
  /** Steps that are called otherwise there: old id → new id. */
  readonly steps: Readonly<Record<string, string>>;
  readonly where: MigrationFilter;
  readonly state: MigrationState;
  readonly checkedThrough: string | null;
  readonly checkedAt: number | null;
  readonly createdAt: number;
  readonly createdBy: string | null;
  readonly appliedAt: number | null;
  readonly appliedBy: string | null;
  readonly appliedRole: string | null;
  readonly endedAt: number | null;
};

/** `ok`: may be moved; `blocked`: stays, for the reason of its code; `migrated`: was moved. */
export type ItemState = 'ok' | 'blocked' | 'migrated';

/** One inquiry of a migration, as it was decided last. */
export type MigrationItem = {
  readonly inquiryId: string;
  readonly from: number;
  readonly state: ItemState;
  readonly code: MigrationBlockCode | null;
  /** What of it has no place in the new version: `steps.<id>`, `data.<name>`. */
  readonly place: string | null;
  readonly deadlines: readonly DeadlineMove[];
  readonly levelsDue: number;
};

export type ItemCounts = Readonly<Record<ItemState, number>>;

const COLUMNS = `
  id, definition_key as definition, to_version as "to", steps, filter as "where", state, checked_through as "checkedThrough",
  checked_at as "checkedAt", created_at as "createdAt", created_by as "createdBy", applied_at as "appliedAt",
  applied_by as "appliedBy", applied_role as "appliedRole", ended_at as "endedAt"`;

/** One migration, or undefined; `lock` keeps others from changing it until the transaction ends. */
export function migrationRow(tx: Tx, id: string, lock = false): Promise<Migration | undefined> {
  return tx.first<Migration>(
    `select ${COLUMNS} from definition_migration where tenant_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [tx.tenantId, id],
  );
}

/** Up to `limit` migrations of a definition, newest first, those before `beforeId`. */
export function migrationRows(tx: Tx, key: string, beforeId: string | null, limit: number): Promise<Migration[]> {
  return tx.query<Migration>(
    `select ${COLUMNS} from definition_migration
      where tenant_id = $1 and definition_key = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [tx.tenantId, key, beforeId, limit],
  );
}

/** Up to `limit` items by inquiry, those after `afterId`; only those in a state where one is named. */
export function itemRows(
  tx: Tx,
  id: string,
  { state, afterId, limit }: { state: ItemState | null; afterId: string | null; limit: number },
): Promise<MigrationItem[]> {
  return tx.query<MigrationItem>(
    `select inquiry_id as "inquiryId", from_version as "from", state, code, place, deadlines, levels_due as "levelsDue"
       from definition_migration_item
      where tenant_id = $1 and migration_id = $2 and ($3::text is null or state = $3)
        and ($4::uuid is null or inquiry_id > $4) order by inquiry_id limit $5`,
    [tx.tenantId, id, state, afterId, limit],
  );
}

/** How many items of migrations are in which state. */
export async function countItems(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, ItemCounts>> {
  const rows = await tx.query<{ id: string; state: ItemState; count: number }>(
    `select migration_id as id, state, count(*)::int as count from definition_migration_item
      where tenant_id = $1 and migration_id = any($2) group by 1, 2`,
    [tx.tenantId, ids],
  );
  const count = (id: string, state: ItemState): number =>
    rows.find((row) => row.id === id && row.state === state)?.count ?? 0;
  return new Map(
    ids.map((id) => [id, { ok: count(id, 'ok'), blocked: count(id, 'blocked'), migrated: count(id, 'migrated') }]),
  );
}

/** The part of a row that an outcome fills. */
function outcomeColumns({ block, deadlines, levelsDue }: MigrationOutcome): readonly unknown[] {
  return [block?.code ?? null, block?.place ?? null, JSON.stringify(deadlines), levelsDue];
}

/** Writes what would come of an inquiry. */
export function addItem(
  tx: Tx,
  id: string,
  inquiry: { readonly id: string; readonly version: number },
  outcome: MigrationOutcome,
  at: number,
): Promise<void> {
  return tx.post(
    `insert into definition_migration_item
       (tenant_id, migration_id, inquiry_id, from_version, state, code, place, deadlines, levels_due, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)`,
    [
      tx.tenantId,
      ...[id, inquiry.id, inquiry.version, outcome.block === null ? 'ok' : 'blocked'],
      ...outcomeColumns(outcome),
      instant(at),
    ],
  );
}

/** Writes what became of an inquiry. */
export function settleItem(
  tx: Tx,
  id: string,
  inquiryId: string,
  outcome: MigrationOutcome,
  at: number,
): Promise<void> {
  return tx.post(
    `update definition_migration_item
        set state = $4, code = $5, place = $6, deadlines = $7::jsonb, levels_due = $8, decided_at = $9
      where tenant_id = $1 and migration_id = $2 and inquiry_id = $3`,
    [
      tx.tenantId,
      ...[id, inquiryId, outcome.block === null ? 'migrated' : 'blocked'],
      ...outcomeColumns(outcome),
      instant(at),
    ],
  );
}
