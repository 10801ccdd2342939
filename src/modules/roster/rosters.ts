import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { RosterSpec } from '../../domain/roster/types.js';
import { validateRoster } from '../../domain/roster/validate.js';
import type { Tx } from '../../platform/database/index.js';
import { isId, newId } from '../../platform/ids/index.js';
import { given, isSame, memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { RosterEntity, RosterVersionEntity } from './roster.entities.js';
import type { RosterRow, RosterVersionRow } from './roster.entities.js';

/** A version of a roster as operators see it. Instants are epoch ms. */
export type ConfiguredRoster = {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly spec: RosterSpec;
  /** When this version was made, and by which member; null = by the system. */
  readonly createdAt: number;
  readonly createdBy: string | null;
};

export type RosterSummary = Pick<ConfiguredRoster, 'id' | 'key' | 'version'>;

/** Members to replace as a whole; what is not named stays. */
export type RosterPatch = { readonly [K in keyof RosterSpec]?: RosterSpec[K] | undefined };

/** Setting up the rosters of a tenant. A roster is addressed by its id or its key. */
export class Rosters {
  /** Up to `limit` rosters by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<RosterSummary[]> {
    const { tenantId } = tx;
    const after = afterKey === null ? {} : { key: { $gt: afterKey } };
    const rows = await tx.em.find(RosterEntity, { tenantId, ...after }, { orderBy: { key: 'asc' }, limit });
    return rows.map(({ id, key, version }) => ({ id, key, version }));
  }

  /** One version of a roster, the newest when none is named; or null. */
  async read(tx: Tx, idOrKey: string, version?: number): Promise<ConfiguredRoster | null> {
    const roster = await find(tx, idOrKey);
    if (roster === null) return null;
    const wanted = { tenantId: tx.tenantId, rosterId: roster.id, version: version ?? roster.version };
    const row = await tx.em.findOne(RosterVersionEntity, wanted);
    return row === null ? null : configured(roster, row);
  }

  /** Up to `limit` versions of a roster, newest first, those before `beforeVersion`; null without such a roster. */
  async versions(
    tx: Tx,
    idOrKey: string,
    beforeVersion: number | null,
    limit: number,
  ): Promise<ConfiguredRoster[] | null> {
    const roster = await find(tx, idOrKey);
    if (roster === null) return null;
    const before = beforeVersion === null ? {} : { version: { $lt: beforeVersion } };
    const wanted = { tenantId: tx.tenantId, rosterId: roster.id, ...before };
    const rows = await tx.em.find(RosterVersionEntity, wanted, { orderBy: { version: 'desc' }, limit });
    return rows.map((row) => configured(roster, row));
  }

  /** Creates a roster. Refuses a taken key, unknown members and calendars, and a roster that cannot be used. */
  async create(
    tx: Tx,
    author: Author,
    { id = newId(), key, spec }: { readonly id?: string; readonly key: string; readonly spec: RosterSpec },
  ): Promise<Outcome<ConfiguredRoster>> {
    await takeTurn(tx, 'roster');
    const { tenantId } = tx;
    if ((await tx.em.count(RosterEntity, { tenantId, key })) > 0) return refused('key_taken');
    const faulty = await faultOf(tx, spec);
    if (faulty) return faulty;
    const roster = { id, key, version: 1 };
    await tx.em.insert(RosterEntity, { tenantId, ...roster, createdAt: author.at });
    const created = await this.#addVersion(tx, author, roster, spec);
    const object = { kind: 'roster', id };
    await recordChange(tx, author, { action: 'roster.create', object, before: null, after: roster });
    return done(created);
  }

  /** Makes a new version of a roster, in force at once; an equal one makes none. */
  async change(
    tx: Tx,
    author: Author,
    idOrKey: string,
    expected: ExpectedVersion,
    patch: RosterPatch,
  ): Promise<Outcome<ConfiguredRoster>> {
    await takeTurn(tx, 'roster');
    const current = await this.read(tx, idOrKey);
    if (current === null) return refused('not_found');
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    const spec: RosterSpec = { ...current.spec, ...given(patch) };
    const faulty = await faultOf(tx, spec);
    if (faulty) return faulty;
    if (isSame(spec, current.spec)) return done(current);
    const next = { id: current.id, key: current.key, version: current.version + 1 };
    await tx.em.nativeUpdate(RosterEntity, { tenantId: tx.tenantId, id: current.id }, { version: next.version });
    const changed = await this.#addVersion(tx, author, next, spec);
    await recordChange(tx, author, {
      action: 'roster.change',
      object: { kind: 'roster', id: current.id },
      before: { version: current.version },
      after: { version: next.version },
    });
    return done(changed);
  }

  async #addVersion(tx: Tx, author: Author, roster: RosterSummary, spec: RosterSpec): Promise<ConfiguredRoster> {
    const row = { version: roster.version, spec, createdAt: author.at, createdBy: memberOf(author) };
    await tx.em.insert(RosterVersionEntity, { tenantId: tx.tenantId, rosterId: roster.id, ...row });
    return configured(roster, row);
  }
}

function find(tx: Tx, idOrKey: string): Promise<RosterRow | null> {
  const { tenantId } = tx;
  return tx.em.findOne(RosterEntity, isId(idOrKey) ? { tenantId, id: idOrKey } : { tenantId, key: idOrKey });
}

type VersionFields = Pick<RosterVersionRow, 'version' | 'spec' | 'createdAt' | 'createdBy'>;

function configured({ id, key }: Pick<RosterRow, 'id' | 'key'>, row: VersionFields): ConfiguredRoster {
  return { id, key, version: row.version, spec: row.spec, createdAt: row.createdAt, createdBy: row.createdBy };
}

async function faultOf(tx: Tx, spec: RosterSpec): Promise<ReturnType<typeof refused> | null> {
  const problems = validateRoster(spec);
  if (problems.length > 0) return refused('roster_invalid', { problems });
  const strangers = await unknownMembers(tx, spec);
  if (strangers.length > 0) return refused('member_unknown', { errors: strangers });
  const closed = await unknownCalendars(tx, spec);
  return closed.length > 0 ? refused('reference_unknown', { errors: closed }) : null;
}

type FieldError = { readonly pointer: string; readonly detail: string };

async function unknownMembers(tx: Tx, { shifts, swaps }: RosterSpec): Promise<FieldError[]> {
  const named = [
    ...shifts.flatMap(({ members }, shift) =>
      members.map((id, index) => ({ id, pointer: `/shifts/${shift}/members/${index}` })),
    ),
    ...swaps.flatMap(({ by }, index) => (by === null ? [] : [{ id: by, pointer: `/swaps/${index}/by` }])),
  ];
  const rows = await tx.query<{ id: string }>('select id from member where tenant_id = $1 and id = any($2)', [
    tx.tenantId,
    named.map(({ id }) => id),
  ]);
  const known = new Set(rows.map(({ id }) => id));
  return named.flatMap(({ id, pointer }) => (known.has(id) ? [] : [{ pointer, detail: `There is no member ${id}` }]));
}

async function unknownCalendars(tx: Tx, { shifts }: RosterSpec): Promise<FieldError[]> {
  const keys = shifts.flatMap(({ calendar }) => calendar ?? []);
  const rows = await tx.query<{ key: string }>('select key from calendar where tenant_id = $1 and key = any($2)', [
    tx.tenantId,
    keys,
  ]);
  const known = new Set(rows.map(({ key }) => key));
  return shifts.flatMap(({ calendar }, index) =>
    calendar === null || known.has(calendar)
      ? []
      : [{ pointer: `/shifts/${index}/calendar`, detail: `There is no calendar "${calendar}"` }],
  );
}
