import type { MigrationOutcome } from '../../domain/inquiry/migration/outcome.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { Mailer } from '../../platform/mail/index.js';
import { recordChange } from '../configuration/index.js';
import { DecisionDefect } from '../inquiry/index.js';
import type { DefinitionMove, DefinitionMoves } from '../inquiry/index.js';
import type { WorkItem } from '../work/index.js';
import { tellOperations } from './end-notice.js';
import { addItem, countItems, migrationRow, settleItem } from './migration-rows.js';
import type { Migration } from './migration-rows.js';
import { setState } from './migrations.js';

/** Inquiries looked at in one transaction; it stays well under a second, so that whoever writes an item waits no longer. */
const LOOKED_AT_ONCE = 25;
const LOOKING_TIMEOUT_MS = 10_000;

const SECOND_MS = 1_000;

/** Inquiries moved at once: most of the time of one is waiting for the database. */
const LANES = 3;

/** Pause between transactions that look, in ms. */
const BREATH_MS = 20;

const UNDECIDED: MigrationOutcome = { block: { code: 'decision_failed', place: null }, deadlines: [], levelsDue: 0 };

const CANDIDATES = `
  select i.id, i.definition_version as version from inquiry i
   where i.tenant_id = $1 and i.definition_key = $2 and i.closed_at is null and i.definition_version <> $3
     and ($4::uuid is null or i.id > $4) and ($5::int[] is null or i.definition_version = any($5))
     and ($6::text is null or i.step = $6) and ($7::text is null or i.queue_key = $7)
     and ($8::uuid is null or i.shop_id = $8) and ($9::uuid[] is null or i.id = any($9))
     and ($10::timestamptz is null or i.opened_at >= $10) and ($11::timestamptz is null or i.opened_at < $11)
   order by i.id limit ${LOOKED_AT_ONCE}`;

/** The next inquiry that may move and that no other process has in hand. */
const NEXT = `
  select t.inquiry_id as id from definition_migration_item t
    join definition_migration m on m.tenant_id = t.tenant_id and m.id = t.migration_id and m.state = 'applying'
   where t.tenant_id = $1 and t.migration_id = $2 and t.state = 'ok'
   order by t.inquiry_id limit 1 for update of t skip locked`;

type Candidate = { readonly id: string; readonly version: number };

/**
 * Carries migrations out, each inquiry in a transaction with its item: whoever takes one up after a crash finds what is left,
 * and nothing is done twice.
 */
export class MigrationRun {
  constructor(
    private readonly database: Database,
    private readonly moves: DefinitionMoves,
    private readonly mailer: Mailer,
    /** Inquiries one migration moves per second at most. */
    private readonly perSecond: number,
  ) {}

  /** Handles one `migration` item: some of the work, and when to go on with it (epoch ms). */
  async handle({ tenantId, ref }: WorkItem): Promise<number | null> {
    const begun = Date.now();
    if (await this.look(tenantId, ref, begun + SECOND_MS)) return Date.now() + BREATH_MS;
    let left = this.perSecond;
    const lane = async (): Promise<boolean> => {
      while ((left -= 1) >= 0) if (!(await this.#moveNext(tenantId, ref))) return false;
      return true;
    };
    const more = await Promise.all(Array.from({ length: LANES }, lane));
    if (more.every(Boolean) || !(await this.#end(tenantId, ref))) return begun + SECOND_MS;
    return null;
  }

  /**
   * Looks at inquiries until all have been looked at, or an instant (epoch ms) has come.
   *
   * @returns whether there are more to look at
   */
  async look(tenantId: string, id: string, until: number): Promise<boolean> {
    for (;;) {
      const work = (tx: Tx): Promise<boolean> => this.#lookAtSome(tx, id);
      const more = await this.database.tenant(tenantId, work, { timeoutMs: LOOKING_TIMEOUT_MS });
      if (!more || Date.now() >= until) return more;
    }
  }

  async #lookAtSome(tx: Tx, id: string): Promise<boolean> {
    const migration = await migrationRow(tx, id, true);
    if (migration?.state !== 'checking') return false;
    const candidates = await candidatesOf(tx, migration);
    const move = moveOf(migration, migration.createdBy, 'ops');
    const now = Date.now();
    for (const candidate of candidates)
      await addItem(tx, id, candidate, await this.#trial(tx, candidate, move, now), now);
    const isLast = candidates.length < LOOKED_AT_ONCE;
    await tx.run(
      `update definition_migration set checked_through = coalesce($3, checked_through),
              state = case when $4 then 'ready' else state end, checked_at = case when $4 then $5::timestamptz end
        where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, candidates.at(-1)?.id ?? null, isLast, instant(now)],
    );
    return !isLast;
  }

  async #trial(tx: Tx, { id }: Candidate, move: DefinitionMove, now: number): Promise<MigrationOutcome> {
    try {
      return await this.moves.tryOut(tx, id, move, now);
    } catch (error) {
      if (error instanceof DecisionDefect) return UNDECIDED;
      throw error;
    }
  }

  /** Moves one inquiry, or notes why it stays; false when there is none to take. */
  async #moveNext(tenantId: string, id: string): Promise<boolean> {
    let taken: string | null = null;
    try {
      return await this.database.tenant(tenantId, async (tx) => {
        const [migration, next] = await Promise.all([
          migrationRow(tx, id),
          tx.first<{ id: string }>(NEXT, [tenantId, id]),
        ]);
        if (migration === undefined || next === undefined) return false;
        taken = next.id;
        const now = Date.now();
        const move = moveOf(migration, migration.appliedBy, migration.appliedRole ?? 'ops');
        await settleItem(tx, id, next.id, await this.moves.apply(tx, next.id, move, now), now);
        reachCommit(tx, 'migration');
        return true;
      });
    } catch (error) {
      if (!(error instanceof DecisionDefect) || taken === null) throw error;
      const inquiryId: string = taken;
      await this.database.tenant(tenantId, (tx) => settleItem(tx, id, inquiryId, UNDECIDED, Date.now()));
      return true;
    }
  }

  /** Ends what has nothing left to move; true when this one needs no more work. */
  async #end(tenantId: string, id: string): Promise<boolean> {
    return this.database.tenant(tenantId, async (tx) => {
      const migration = await migrationRow(tx, id, true);
      if (migration?.state !== 'applying') return true;
      const counts = (await countItems(tx, [id])).get(id);
      if (counts === undefined || counts.ok > 0) return false;
      const at = Date.now();
      await setState(tx, id, 'done', at);
      await tellOperations(tx, migration, counts, { at, byMail: this.mailer.isSetUp });
      await recordChange(
        tx,
        { actor: { kind: 'system' }, at, requestId: null },
        {
          action: 'definition.end_migration',
          object: { kind: 'definition', id: migration.definition },
          before: null,
          after: { migrationId: id, to: migration.to, ...counts },
        },
      );
      return true;
    });
  }
}

function candidatesOf(tx: Tx, { definition, to, where, checkedThrough }: Migration): Promise<Candidate[]> {
  const { versions, step, queue, shopId, inquiryIds, openedFrom, openedTo } = where;
  return tx.query<Candidate>(CANDIDATES, [
    ...[tx.tenantId, definition, to, checkedThrough],
    ...[versions ?? null, step ?? null, queue ?? null, shopId ?? null, inquiryIds ?? null],
    ...[instant(openedFrom ?? null), instant(openedTo ?? null)],
  ]);
}

function moveOf({ id, to, steps }: Migration, memberId: string | null, role: string): DefinitionMove {
  if (memberId === null) throw new Error('Only a member migrates inquiries');
  return { migrationId: id, version: to, steps, actor: { memberId, role } };
}
