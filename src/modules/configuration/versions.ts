import type { EntityName, FilterQuery } from '@mikro-orm/core';
import type { Tx } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import { memberOf } from './change.js';
import type { Author } from './change.js';
import type { KeyedRow, VersionEntity } from './versioned.entities.js';

/** A version of something, without the name of it. Instants are epoch ms. */
export type VersionRow<Spec> = {
  readonly version: number;
  readonly spec: Spec;
  readonly createdAt: number;
  /** null = by the system. */
  readonly createdBy: string | null;
};

type Thing = Pick<KeyedRow, 'id' | 'version'>;
type Stored<Spec> = VersionRow<Spec> & { readonly tenantId: string; readonly thingId: string };

/** The versions of one kind of thing. They are added and read, never changed. */
export class Versions<Spec> {
  readonly #entity: EntityName<Stored<Spec>>;

  constructor(entity: VersionEntity<Spec>) {
    this.#entity = entity;
  }

  /** One version of a thing, the newest when none is named; or null. */
  read(tx: Tx, { id, version: newest }: Thing, version = newest): Promise<VersionRow<Spec> | null> {
    return tx.em.findOne(this.#entity, { tenantId: tx.tenantId, thingId: id, version } as FilterQuery<Stored<Spec>>);
  }

  /** The newest versions of some things, by their ids. */
  async newest(tx: Tx, things: readonly Thing[]): Promise<ReadonlyMap<string, VersionRow<Spec>>> {
    if (things.length === 0) return new Map();
    const either = things.map(({ id, version }) => ({ thingId: id, version }));
    const where = { tenantId: tx.tenantId, $or: either } as FilterQuery<Stored<Spec>>;
    const rows = await tx.em.find(this.#entity, where);
    return new Map(rows.map((row) => [row.thingId, row]));
  }

  /** Up to `limit` versions of a thing, newest first, those before `beforeVersion`. */
  page(tx: Tx, { id }: Thing, beforeVersion: number | null, limit: number): Promise<readonly VersionRow<Spec>[]> {
    const before = beforeVersion === null ? {} : { version: { $lt: beforeVersion } };
    const where = { tenantId: tx.tenantId, thingId: id, ...before } as FilterQuery<Stored<Spec>>;
    return tx.em.find(this.#entity, where, { orderBy: [{ version: 'desc' }] as never, limit });
  }

  /** Adds the version a thing has now. */
  async add(tx: Tx, author: Author, { id, version }: Thing, spec: Spec): Promise<VersionRow<Spec>> {
    const row = { version, spec, createdAt: author.at, createdBy: memberOf(author) };
    await tx.em.insert(this.#entity, { tenantId: tx.tenantId, thingId: id, ...row });
    return row;
  }
}

/** Something by its id or its key, or null. */
export function findKeyed<Row extends KeyedRow>(tx: Tx, entity: EntityName<Row>, idOrKey: string): Promise<Row | null> {
  const where: Partial<KeyedRow> = { tenantId: tx.tenantId, ...(isId(idOrKey) ? { id: idOrKey } : { key: idOrKey }) };
  return tx.em.findOne(entity, where as FilterQuery<Row>);
}
