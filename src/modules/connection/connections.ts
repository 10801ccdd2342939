import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { ConnectionSpec } from '../../domain/call/connection.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { callersOf } from '../definition/index.js';
import { findKeyed, given, isSame, recordChange, takeTurn, Versions } from '../configuration/index.js';
import type { AuditedValues, Author, VersionRow } from '../configuration/index.js';
import type { ConnectionPatch } from './connection-spec.js';
import { ConnectionEntity, ConnectionVersionEntity } from './connection.entities.js';
import type { ConnectionRow } from './connection.entities.js';
import { secretPlace } from './secret-place.js';

/** A version of a connection as operators see it; of the secret only since when it is there. Instants are epoch ms. */
export type ConfiguredConnection = {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly spec: ConnectionSpec;
  readonly secretAt: number | null;
  /** When this version was made, and by which member; null = by the system. */
  readonly createdAt: number;
  readonly createdBy: string | null;
};

export type NewConnection = {
  readonly id?: string;
  readonly key: string;
  readonly spec: ConnectionSpec;
  readonly secret?: string | undefined;
};

/** What a call is made with: one version, the newest secret, and whether calls are made at all. */
export type ConnectionInForce = {
  readonly version: number;
  readonly spec: ConnectionSpec;
  readonly secret: string | null;
  readonly active: boolean;
};

type StoredVersion = {
  readonly id: string;
  readonly secret: Buffer | null;
  readonly version: number;
  readonly spec: ConnectionSpec;
  readonly newest: ConnectionSpec;
};

const versions = new Versions(ConnectionVersionEntity);

/** Setting up the connections of a tenant. A connection is addressed by its id or its key. */
export class Connections {
  constructor(private readonly vault: Vault) {}

  /** Up to `limit` connections by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<ConfiguredConnection[]> {
    const { tenantId } = tx;
    const rows = await tx.em.find(
      ConnectionEntity,
      { tenantId, ...(afterKey === null ? {} : { key: { $gt: afterKey } }) },
      { orderBy: { key: 'asc' }, limit },
    );
    const byId = await versions.newest(tx, rows);
    return rows.flatMap((row) => {
      const version = byId.get(row.id);
      return version === undefined ? [] : [configured(row, version)];
    });
  }

  /** One version of a connection, the newest when none is named; or null. */
  async read(tx: Tx, idOrKey: string, version?: number): Promise<ConfiguredConnection | null> {
    const row = await findKeyed(tx, ConnectionEntity, idOrKey);
    const found = row === null ? null : await versions.read(tx, row, version);
    return row === null || found === null ? null : configured(row, found);
  }

  /**
   * A version of a connection with its secret, for whoever makes calls; null when there is none of this key. Without the secret
   * where the version leads to another host than the one it was given for.
   */
  async inForce(tx: Tx, key: string, version?: number): Promise<ConnectionInForce | null> {
    const row = await tx.first<StoredVersion>(
      `select c.id, c.secret, v.version, v.spec, n.spec as newest
         from connection c
         join connection_version n on n.tenant_id = c.tenant_id and n.connection_id = c.id and n.version = c.version
         join connection_version v on v.tenant_id = c.tenant_id and v.connection_id = c.id
                                  and v.version = coalesce($3::int, c.version)
        where c.tenant_id = $1 and c.key = $2`,
      [tx.tenantId, key, version ?? null],
    );
    if (!row) return null;
    const { id, spec, newest } = row;
    const sealed = originOf(spec) === originOf(newest) ? row.secret : null;
    const secret = sealed === null ? null : (await this.vault.unlock(tx)).open(secretPlace(id), sealed);
    return { version: row.version, spec, secret, active: newest.active };
  }

  /** Up to `limit` versions, newest first, those before `beforeVersion`; null without such a connection. */
  async versions(
    tx: Tx,
    idOrKey: string,
    beforeVersion: number | null,
    limit: number,
  ): Promise<ConfiguredConnection[] | null> {
    const row = await findKeyed(tx, ConnectionEntity, idOrKey);
    if (row === null) return null;
    const rows = await versions.page(tx, row, beforeVersion, limit);
    return rows.map((version) => configured(row, version));
  }

  /** Creates a connection. Refuses a taken key, and a header for a secret without one. */
  async create(tx: Tx, author: Author, input: NewConnection): Promise<Outcome<ConfiguredConnection>> {
    await takeTurn(tx, 'connection');
    const { tenantId } = tx;
    const { id = newId(), key, spec, secret } = input;
    if ((await tx.em.count(ConnectionEntity, { tenantId, key })) > 0) return refused('key_taken');
    if (spec.auth !== null && secret === undefined) return secretNeeded();
    const kept = spec.auth === null ? undefined : secret;
    const row = {
      tenantId,
      ...{ id, key, version: 1, createdAt: author.at },
      ...(await this.#sealed(tx, author, id, kept ?? null)),
    };
    await tx.em.insert(ConnectionEntity, row);
    const version = await versions.add(tx, author, row, spec);
    await recordChange(tx, author, {
      action: 'connection.create',
      object: { kind: 'connection', id },
      before: null,
      after: audited(row, spec),
    });
    return done(configured(row, version));
  }

  /**
   * Makes a new version of a connection. A secret goes only where it was given for: with another host it has to be given
   * again, or whoever may change an address could have it sent to themselves. Refuses to give up operations that definitions in
   * force call.
   */
  async change(
    tx: Tx,
    author: Author,
    idOrKey: string,
    expected: ExpectedVersion,
    patch: ConnectionPatch & { readonly secret?: string | undefined },
  ): Promise<Outcome<ConfiguredConnection>> {
    await takeTurn(tx, 'connection');
    const current = await this.read(tx, idOrKey);
    if (current === null) return refused('not_found');
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    const { secret, ...parts } = patch;
    const spec: ConnectionSpec = { ...current.spec, ...given(parts) };
    const staysHome = originOf(spec) === originOf(current.spec);
    if (spec.auth !== null && secret === undefined && !(staysHome && current.secretAt !== null)) return secretNeeded();
    if (isSame(spec, current.spec) && secret === undefined) return done(current);
    const inUse = await operationsInUse(tx, current.key, spec);
    if (inUse) return inUse;
    const { id, key, secretAt } = current;
    const renewed = spec.auth === null ? null : secret;
    const sealed = renewed === undefined ? { secretAt } : await this.#sealed(tx, author, id, renewed);
    const next = { id, key, version: current.version + 1, ...sealed };
    await tx.em.nativeUpdate(ConnectionEntity, { tenantId: tx.tenantId, id }, { version: next.version, ...sealed });
    const version = await versions.add(tx, author, next, spec);
    await recordChange(tx, author, {
      action: 'connection.change',
      object: { kind: 'connection', id },
      before: audited(current, current.spec),
      after: audited(next, spec),
    });
    return done(configured(next, version));
  }

  async #sealed(
    tx: Tx,
    author: Author,
    id: string,
    secret: string | null,
  ): Promise<Pick<ConnectionRow, 'secret' | 'secretAt'>> {
    if (secret === null) return { secret: null, secretAt: null };
    return { secret: (await this.vault.unlock(tx)).seal(secretPlace(id), secret), secretAt: author.at };
  }
}

/** Scheme, host and port: what a secret is given for. */
function originOf({ baseUrl }: ConnectionSpec): string {
  return new URL(baseUrl).origin;
}

function configured(
  { id, key, secretAt }: Pick<ConnectionRow, 'id' | 'key' | 'secretAt'>,
  { version, spec, createdAt, createdBy }: VersionRow<ConnectionSpec>,
): ConfiguredConnection {
  return { id, key, version, spec, secretAt, createdAt, createdBy };
}

/** What the log shows: where calls go, and how; not what is sent along. */
function audited(
  { key, version, secretAt }: Pick<ConnectionRow, 'key' | 'version' | 'secretAt'>,
  { name, baseUrl, auth, active, operations }: ConnectionSpec,
): AuditedValues {
  const called = Object.entries(operations).map(([operation, { method, path }]) => `${operation}: ${method} ${path}`);
  return { key, version, name, baseUrl, auth: auth?.header ?? null, active, operations: called, secretAt };
}

/** A call that has been decided cannot be made without its operation, and whoever published the definition would not know. */
async function operationsInUse(
  tx: Tx,
  key: string,
  { operations }: ConnectionSpec,
): Promise<ReturnType<typeof refused> | null> {
  const missing = [...(await callersOf(tx, key))].filter(([operation]) => !(operation in operations));
  if (missing.length === 0) return null;
  return refused('in_use', {
    detail: 'Publish those definitions without the operations first, and let inquiries that run on them end.',
    errors: missing.map(([operation, definitions]) => ({
      pointer: `/operations/${operation}`,
      detail: `is called by ${definitions.join(', ')}`,
    })),
  });
}

function secretNeeded(): ReturnType<typeof refused> {
  return refused('secret_needed', {
    detail:
      'Give the secret: a connection with auth has one, and one that was given for another host is not taken along.',
    errors: [{ pointer: '/secret', detail: 'is missing' }],
  });
}
