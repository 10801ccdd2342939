import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { memberOf, recordChange } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Definitions } from '../definition/index.js';
import { requestWork } from '../work/index.js';
import { countItems, itemRows, migrationRow, migrationRows } from './migration-rows.js';
import type {
  ItemCounts,
  ItemState,
  Migration,
  MigrationFilter,
  MigrationItem,
  MigrationState,
} from './migration-rows.js';

export type NewMigration = Pick<Migration, 'to' | 'steps'> & { readonly where: MigrationFilter };

/** A migration with how many of its inquiries are where. */
export type CountedMigration = Migration & { readonly counts: ItemCounts };

/** Whoever asked for it looks at the inquiries at once; after this the loops do, should the asker be gone. */
const LEFT_TO_LOOPS_MS = 15_000;

/** What operators do with migrations. Every change of a running one is picked up before its next inquiry. */
export class Migrations {
  constructor(private readonly definitions: Definitions) {}

  /** Begins to look which inquiries would move; none does before `apply`. */
  async create(tx: Tx, author: Author, key: string, { to, steps, where }: NewMigration): Promise<Outcome<Migration>> {
    const definition = await this.definitions.read(tx, key);
    if (definition === null) return refused('not_found');
    if ((await this.definitions.text(tx, key, to)) === null) {
      return refused('reference_unknown', { errors: [{ pointer: '/to', detail: `There is no version ${to}` }] });
    }
    const plan = await this.definitions.plan(tx, key, to);
    const unknown = Object.entries(steps).filter(([, step]) => !plan.steps.some(({ id }) => id === step));
    if (unknown.length > 0) {
      const errors = unknown.map(([old, step]) => {
        return { pointer: `/steps/${old}`, detail: `Version ${to} has no step "${step}"` };
      });
      return refused('reference_unknown', { errors });
    }
    const id = newId();
    await tx.run(
      `insert into definition_migration (tenant_id, id, definition_key, to_version, steps, filter, created_at, created_by)
       values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8)`,
      [
        ...[tx.tenantId, id, key, to, JSON.stringify(steps), JSON.stringify(where)],
        ...[instant(author.at), memberOf(author)],
      ],
    );
    await requestWork(tx, [{ kind: 'migration', ref: id, dueAt: author.at + LEFT_TO_LOOPS_MS }]);
    await this.#record(tx, author, 'definition.plan_migration', { id, key, to });
    return done(await existing(tx, id));
  }

  /** Up to `limit` migrations of a definition, newest first, those before `beforeId`. */
  async list(tx: Tx, key: string, beforeId: string | null, limit: number): Promise<CountedMigration[]> {
    const rows = await migrationRows(tx, key, beforeId, limit);
    const counts = await countItems(
      tx,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({ ...row, counts: counts.get(row.id) ?? NONE }));
  }

  /** One migration of a definition, or null. */
  async read(tx: Tx, key: string, id: string): Promise<CountedMigration | null> {
    const row = await migrationRow(tx, id);
    if (row?.definition !== key) return null;
    return { ...row, counts: (await countItems(tx, [id])).get(id) ?? NONE };
  }

  /** Up to `limit` of its inquiries, those after `afterId`; only those in a state where one is named. */
  items(
    tx: Tx,
    id: string,
    which: { readonly state: ItemState | null; readonly afterId: string | null; readonly limit: number },
  ): Promise<MigrationItem[]> {
    return itemRows(tx, id, which);
  }

  /**
   * Has every inquiry moved that may be: each is decided again as it then stands, and moves as a whole or not at all. Goes on
   * with one that was cancelled. A migration that is under way already is left to go on.
   */
  async apply(tx: Tx, author: Author, key: string, id: string): Promise<Outcome<Migration>> {
    const migration = await migrationRow(tx, id, true);
    if (migration?.definition !== key) return refused('not_found');
    if (migration.state === 'applying') return done(migration);
    if (migration.state === 'done') return refused('migration_ended');
    if (migration.checkedAt === null) {
      return refused('migration_unchecked', { detail: 'Read it until its state is ready, or begin another one.' });
    }
    const { actor } = author;
    await tx.run(
      `update definition_migration set state = 'applying', applied_at = $3, applied_by = $4, applied_role = $5, ended_at = null
        where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, instant(author.at), memberOf(author), actor.kind === 'member' ? actor.role : null],
    );
    await requestWork(tx, [{ kind: 'migration', ref: id, dueAt: author.at }]);
    await this.#record(tx, author, 'definition.apply_migration', { id, key, to: migration.to });
    return done(await existing(tx, id));
  }

  /** Stops before the next inquiry; those that have moved stay where they are. */
  async cancel(tx: Tx, author: Author, key: string, id: string): Promise<Outcome<Migration>> {
    const migration = await migrationRow(tx, id, true);
    if (migration?.definition !== key) return refused('not_found');
    if (migration.state === 'done') return refused('migration_ended');
    if (migration.state === 'cancelled') return done(migration);
    await setState(tx, id, 'cancelled', author.at);
    await this.#record(tx, author, 'definition.cancel_migration', { id, key, to: migration.to });
    return done(await existing(tx, id));
  }

  async #record(
    tx: Tx,
    author: Author,
    action: string,
    { id, key, to }: { readonly id: string; readonly key: string; readonly to: number },
  ): Promise<void> {
    const counts = (await countItems(tx, [id])).get(id) ?? NONE;
    const object = { kind: 'definition', id: key };
    await recordChange(tx, author, { action, object, before: null, after: { migrationId: id, to, ...counts } });
  }
}

const NONE: ItemCounts = { ok: 0, blocked: 0, migrated: 0 };

async function existing(tx: Tx, id: string): Promise<Migration> {
  const row = await migrationRow(tx, id);
  if (row === undefined) throw new Error('A migration that was just changed is gone');
  return row;
}

/** Ends a migration in a state. */
export async function setState(
  tx: Tx,
  id: string,
  state: MigrationState & ('cancelled' | 'done'),
  at: number,
): Promise<void> {
  await tx.run('update definition_migration set state = $3, ended_at = $4 where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
    state,
    instant(at),
  ]);
}
