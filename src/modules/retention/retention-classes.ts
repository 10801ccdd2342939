import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { RetentionClassEntity } from './retention.entities.js';
import type { RetentionClassRow } from './retention.entities.js';

/** Bounds of a retention period in days: at least until tomorrow, at most twenty years. */
export const RETENTION_DAYS = { least: 1, most: 7300 } as const;

/** A retention class as those who decide about it see it. */
export type ConfiguredRetentionClass = {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  /** Days after the close until the content is erased. */
  readonly days: number;
  readonly basis: string;
  readonly version: number;
  /** Epoch ms. */
  readonly createdAt: number;
};

type Editable = Pick<ConfiguredRetentionClass, 'title' | 'days' | 'basis'>;

export type NewRetentionClass = Omit<Editable, 'basis'> & {
  readonly id?: string;
  readonly key: string;
  readonly basis?: string | undefined;
};
export type RetentionClassPatch = { readonly [K in keyof Editable]?: Editable[K] | undefined };

/** Setting up how long content is kept. */
export class RetentionClasses {
  /** Up to `limit` classes by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<ConfiguredRetentionClass[]> {
    const rows = await tx.em.find(
      RetentionClassEntity,
      { tenantId: tx.tenantId, ...(afterKey === null ? {} : { key: { $gt: afterKey } }) },
      { orderBy: { key: 'asc' }, limit },
    );
    return rows.map(configured);
  }

  /** One class, or null. */
  async read(tx: Tx, id: string): Promise<ConfiguredRetentionClass | null> {
    const row = await tx.em.findOne(RetentionClassEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : configured(row);
  }

  /** Creates a class. Refuses a taken key. */
  async create(tx: Tx, author: Author, input: NewRetentionClass): Promise<Outcome<ConfiguredRetentionClass>> {
    await takeTurn(tx, 'retention_class');
    const { tenantId } = tx;
    if ((await tx.em.count(RetentionClassEntity, { tenantId, key: input.key })) > 0) return refused('key_taken');
    const { id = newId(), key, title, days, basis = '' } = input;
    const common = { id, key, title, basis, version: 1, createdAt: author.at };
    await tx.em.insert(RetentionClassEntity, { tenantId, ...common, contentDays: days });
    await recordChange(tx, author, {
      action: 'retention_class.create',
      object: { kind: 'retention_class', id },
      before: null,
      after: { id, key, title, days, basis },
    });
    return done({ ...common, days });
  }

  /** Changes a class, for inquiries that close from now on: those already closed have their date. The key stays. */
  async change(
    tx: Tx,
    author: Author,
    id: string,
    expected: ExpectedVersion,
    patch: RetentionClassPatch,
  ): Promise<Outcome<ConfiguredRetentionClass>> {
    await takeTurn(tx, 'retention_class');
    const row = await tx.em.findOne(RetentionClassEntity, { tenantId: tx.tenantId, id });
    if (row === null) return refused('not_found');
    const stale = staleness(expected, row.version);
    if (stale) return stale;
    const before: Editable = { title: row.title, days: row.contentDays, basis: row.basis };
    const after: Editable = { ...before, ...given(patch) };
    if (!isSame(before, after)) {
      tx.em.assign(row, { title: after.title, contentDays: after.days, basis: after.basis, version: row.version + 1 });
      await tx.em.flush();
      const object = { kind: 'retention_class', id };
      await recordChange(tx, author, { action: 'retention_class.change', object, before, after });
    }
    return done(configured(row));
  }
}

function configured({
  id,
  key,
  title,
  contentDays,
  basis,
  version,
  createdAt,
}: RetentionClassRow): ConfiguredRetentionClass {
  return { id, key, title, days: contentDays, basis, version, createdAt };
}
