import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, recordChange, takeTurn } from './change.js';
import type { Author, ConfiguredWord } from './change.js';
import type { KeyedEntity, KeyedRow, VersionEntity } from './versioned.entities.js';
import { findKeyed, Versions } from './versions.js';
import type { VersionRow } from './versions.js';

/** A version of a thing as operators see it. */
export type Configured<Spec> = VersionRow<Spec> & Pick<KeyedRow, 'id' | 'key'>;

export type NewThing<Spec> = { readonly id?: string; readonly key: string; readonly spec: Spec };

/** Members to replace as a whole; what is not named stays. */
export type SpecPatch<Spec> = { readonly [K in keyof Spec]?: Spec[K] | undefined };

type Refused = ReturnType<typeof refused>;

/** What is special about a kind of thing. */
export type Kind<Spec> = {
  readonly word: ConfiguredWord;
  readonly things: KeyedEntity;
  readonly versions: VersionEntity<Spec>;
  /** Why a spec cannot be used, or null; `now` in epoch ms. */
  readonly faultOf: (tx: Tx, key: string, spec: Spec, now: number) => Promise<Refused | null>;
};

/**
 * Setting up things of one kind that a tenant has any number of. Each is addressed by its id or its key, and each change makes
 * a new version beside the old ones.
 */
export class VersionedThings<Spec extends object> {
  readonly #kind: Kind<Spec>;
  readonly #versions: Versions<Spec>;

  constructor(kind: Kind<Spec>) {
    this.#kind = kind;
    this.#versions = new Versions(kind.versions);
  }

  /** Up to `limit` things by key, those after `afterKey`, each in its newest version. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<Configured<Spec>[]> {
    const { tenantId } = tx;
    const after = afterKey === null ? {} : { key: { $gt: afterKey } };
    const rows = await tx.em.find(this.#kind.things, { tenantId, ...after }, { orderBy: { key: 'asc' }, limit });
    const versions = await this.#versions.newest(tx, rows);
    return rows.flatMap((row) => {
      const version = versions.get(row.id);
      return version === undefined ? [] : [configured(row, version)];
    });
  }

  /** One version of a thing, the newest when none is named; or null. */
  async read(tx: Tx, idOrKey: string, version?: number): Promise<Configured<Spec> | null> {
    const thing = await findKeyed(tx, this.#kind.things, idOrKey);
    const row = thing === null ? null : await this.#versions.read(tx, thing, version);
    return thing === null || row === null ? null : configured(thing, row);
  }

  /** Up to `limit` versions of a thing, newest first, those before `beforeVersion`; null without such a thing. */
  async versions(
    tx: Tx,
    idOrKey: string,
    beforeVersion: number | null,
    limit: number,
  ): Promise<Configured<Spec>[] | null> {
    const thing = await findKeyed(tx, this.#kind.things, idOrKey);
    if (thing === null) return null;
    const rows = await this.#versions.page(tx, thing, beforeVersion, limit);
    return rows.map((row) => configured(thing, row));
  }

  /** Creates a thing. Refuses a taken key and what cannot be used. */
  async create(
    tx: Tx,
    author: Author,
    { id = newId(), key, spec }: NewThing<Spec>,
  ): Promise<Outcome<Configured<Spec>>> {
    const { word, things } = this.#kind;
    await takeTurn(tx, word);
    const { tenantId } = tx;
    if ((await tx.em.count(things, { tenantId, key })) > 0) return refused('key_taken');
    const faulty = await this.#kind.faultOf(tx, key, spec, author.at);
    if (faulty) return faulty;
    const thing = { id, key, version: 1 };
    await tx.em.insert(things, { tenantId, ...thing, createdAt: author.at });
    const version = await this.#versions.add(tx, author, thing, spec);
    await recordChange(tx, author, {
      action: `${word}.create`,
      object: { kind: word, id },
      before: null,
      after: thing,
    });
    return done(configured(thing, version));
  }

  /** Makes a new version of a thing. What already counts on an older one goes on with it; an equal one makes none. */
  async change(
    tx: Tx,
    author: Author,
    idOrKey: string,
    expected: ExpectedVersion,
    patch: SpecPatch<Spec>,
  ): Promise<Outcome<Configured<Spec>>> {
    const { word, things } = this.#kind;
    await takeTurn(tx, word);
    const current = await this.read(tx, idOrKey);
    const stale = current === null ? null : staleness(expected, current.version);
    if (stale) return stale;
    const drafted = await this.#draft(tx, current, patch, author.at);
    if (current === null || !drafted.ok || drafted.value === current) return drafted;
    const { id, key, version, spec } = drafted.value;
    await tx.em.nativeUpdate(things, { tenantId: tx.tenantId, id }, { version });
    const added = await this.#versions.add(tx, author, { id, version }, spec);
    await recordChange(tx, author, {
      action: `${word}.change`,
      object: { kind: word, id },
      before: { version: current.version },
      after: { version },
    });
    return done(configured({ id, key }, added));
  }

  /** A thing as a patch would make it, without saving anything; refused like the change itself. */
  async draft(tx: Tx, idOrKey: string, patch: SpecPatch<Spec>, now: number): Promise<Outcome<Configured<Spec>>> {
    return this.#draft(tx, await this.read(tx, idOrKey), patch, now);
  }

  async #draft(
    tx: Tx,
    current: Configured<Spec> | null,
    patch: SpecPatch<Spec>,
    now: number,
  ): Promise<Outcome<Configured<Spec>>> {
    if (current === null) return refused('not_found');
    const spec: Spec = { ...current.spec, ...given(patch) };
    const faulty = await this.#kind.faultOf(tx, current.key, spec, now);
    if (faulty) return faulty;
    return done(isSame(spec, current.spec) ? current : { ...current, version: current.version + 1, spec });
  }
}

function configured<Spec>({ id, key }: Pick<KeyedRow, 'id' | 'key'>, row: VersionRow<Spec>): Configured<Spec> {
  return { id, key, version: row.version, spec: row.spec, createdAt: row.createdAt, createdBy: row.createdBy };
}
