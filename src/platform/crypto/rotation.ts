import type { Database, Tx } from '../database/index.js';
import { sqlState } from '../database/index.js';
import { newKey } from './cipher.js';
import { KeyMissing } from './errors.js';
import { tenantKeysOf, unwrapRow, loadKeys, wrapFor } from './keyring.js';
import type { KeyRow } from './keyring.js';
import type { RootKeys } from './root-keys.js';
import type { TenantKeys } from './tenant-keys.js';

/** A step of a rotation, told in the transaction that takes it. */
export type RotationStep =
  | { readonly do: 'begin'; readonly version: number }
  | { readonly do: 'retire'; readonly versions: readonly number[]; readonly current: number }
  | { readonly do: 'root'; readonly rootId: string; readonly versions: readonly number[] };

export type RotationOptions = {
  /** Keys wrapped again in one transaction. */
  readonly batch?: number;
  /** Called in the transaction of each step, to prove it. */
  readonly record: (tx: Tx, step: RotationStep) => Promise<void>;
  /** Called after each batch with how many keys it wrapped again; what it throws ends the rotation there. */
  readonly onBatch?: (wrapped: number) => Promise<void> | void;
};

/** What became of one tenant's rotation. */
export type Rotated = { readonly version: number; readonly wrapped: number; readonly retired: readonly number[] };

/** What a tenant has in the keyring; never a key. */
export type KeyringFigures = {
  readonly versions: readonly {
    readonly version: number;
    readonly rootId: string;
    readonly isCurrentRoot: boolean;
    /** Keys of people that lie under it. */
    readonly subjects: number;
    /** Epoch ms. */
    readonly createdAt: number;
  }[];
  readonly subjects: { readonly kept: number; readonly destroyed: number };
  readonly cases: { readonly kept: number; readonly destroyed: number };
};

const BATCH = 500;

/** How often retiring is tried again because a key was made under the old version meanwhile. */
const ATTEMPTS = 20;

/**
 * Gives tenants a new key, and wraps the keys below it again. Data stays as it is: it lies under keys that do not change.
 * Every step is a short transaction and may be the last: taken up again, a rotation goes on where it stopped.
 */
export class KeyRotation {
  constructor(
    private readonly database: Database,
    private readonly roots: RootKeys,
  ) {}

  /** Rotates the key of a tenant; one that was begun earlier is finished first, and is the only one then. */
  async tenant(tenantId: string, options: RotationOptions): Promise<Rotated> {
    const version = await this.database.tenant(tenantId, (tx) => this.#begin(tx, options));
    let wrapped = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      wrapped += await this.#wrapAll(tenantId, version, options);
      const retired = await this.#retire(tenantId, version, options);
      if (retired !== null) return { version, wrapped, retired };
    }
    throw new Error(`Keys of tenant ${tenantId} are still being made under an old version`);
  }

  /** Wraps the tenant's key under the current root key; returns the versions that lay under another one. */
  async root(tenantId: string, { record }: Pick<RotationOptions, 'record'>): Promise<readonly number[]> {
    return this.database.tenant(tenantId, async (tx) => {
      const rows = await tx.query<KeyRow>(
        `select 'tenant' as kind, version::text as id, root_id as parent, wrapped from keyring.tenant_key
          where tenant_id = $1 and root_id <> $2 order by version for update`,
        [tenantId, this.roots.currentId],
      );
      for (const row of rows) {
        const key = unwrapRow(tenantId, row, this.roots.get(row.parent ?? ''));
        if (key === null) continue;
        const moved = { kind: row.kind, id: row.id, parent: this.roots.currentId };
        await tx.run('update keyring.tenant_key set root_id = $3, wrapped = $4 where tenant_id = $1 and version = $2', [
          tenantId,
          Number(row.id),
          this.roots.currentId,
          wrapFor(tenantId, moved, this.roots.current, key),
        ]);
      }
      const versions = rows.map(({ id }) => Number(id));
      if (versions.length > 0) await record(tx, { do: 'root', rootId: this.roots.currentId, versions });
      return versions;
    });
  }

  /** What the tenant has in the keyring. */
  async figures(tenantId: string): Promise<KeyringFigures> {
    return this.database.tenant(tenantId, async (tx) => {
      const versions = await tx.query<Omit<KeyringFigures['versions'][number], 'isCurrentRoot'>>(VERSIONS, [tenantId]);
      const count = (table: string): Promise<{ kept: number; destroyed: number }> =>
        tx.one(
          `select count(wrapped)::int as kept, (count(*) - count(wrapped))::int as destroyed
             from keyring.${table} where tenant_id = $1`,
          [tenantId],
        );
      return {
        versions: versions.map((one) => ({ ...one, isCurrentRoot: one.rootId === this.roots.currentId })),
        subjects: await count('subject_key'),
        cases: await count('case_key'),
      };
    });
  }

  /** Makes the next version, unless an unfinished rotation has made it already; returns the newest. */
  async #begin(tx: Tx, { record }: RotationOptions): Promise<number> {
    const { tenantId } = tx;
    const rows = await tx.query<{ version: number }>(
      'select version from keyring.tenant_key where tenant_id = $1 order by version for update',
      [tenantId],
    );
    const newest = rows.at(-1)?.version;
    if (newest === undefined) throw new KeyMissing(`tenant ${tenantId}`);
    if (rows.length > 1) return newest;
    const version = newest + 1;
    const row = { kind: 'tenant', id: String(version), parent: this.roots.currentId } as const;
    await tx.run('insert into keyring.tenant_key (tenant_id, version, root_id, wrapped) values ($1, $2, $3, $4)', [
      tenantId,
      version,
      row.parent,
      wrapFor(tenantId, row, this.roots.current, newKey()),
    ]);
    await record(tx, { do: 'begin', version });
    return version;
  }

  async #wrapAll(tenantId: string, version: number, { batch = BATCH, onBatch }: RotationOptions): Promise<number> {
    let total = 0;
    for (const part of ['own', 'subjects'] as const) {
      for (;;) {
        const wrapped = await this.database.tenant(tenantId, (tx) => this.#wrapBatch(tx, part, version, batch));
        total += wrapped;
        if (wrapped === 0) break;
        await onBatch?.(wrapped);
      }
    }
    return total;
  }

  async #wrapBatch(tx: Tx, part: 'own' | 'subjects', version: number, batch: number): Promise<number> {
    const { tenantId } = tx;
    const tenant = await this.#tenantKeys(tx);
    const rows = await tx.query<KeyRow>(OLD[part], [tenantId, version, batch]);
    const parent = tenant.versions.get(version);
    if (!parent) throw new KeyMissing(`tenant ${tenantId}, version ${version}`);
    const moved = rows.map((row) => {
      const old = tenant.versions.get(Number(row.parent));
      const key = old ? unwrapRow(tenantId, row, old) : null;
      if (key === null) throw new KeyMissing(`tenant ${tenantId}, version ${row.parent}`);
      return wrapFor(tenantId, { kind: row.kind, id: row.id, parent: String(version) }, parent, key);
    });
    if (rows.length > 0) {
      const names = rows.map(({ kind, id }) => (part === 'own' ? kind : id));
      await tx.run(MOVE[part], [tenantId, version, names, moved]);
    }
    return rows.length;
  }

  /** Removes what nothing lies under any more; null when something was made under it in the meantime. */
  async #retire(tenantId: string, version: number, { record }: RotationOptions): Promise<readonly number[] | null> {
    try {
      return await this.database.tenant(tenantId, async (tx) => {
        const gone = await tx.query<{ version: number }>(
          'delete from keyring.tenant_key where tenant_id = $1 and version < $2 returning version',
          [tenantId, version],
        );
        const versions = gone.map((row) => row.version).sort((a, b) => a - b);
        if (versions.length > 0) await record(tx, { do: 'retire', versions, current: version });
        return versions;
      });
    } catch (error) {
      if (sqlState(error) === '23503' || sqlState(error) === '23001') return null;
      throw error;
    }
  }

  async #tenantKeys(tx: Tx): Promise<TenantKeys> {
    const rows = await loadKeys(tx, { tenant: true, subjects: [], cases: [] });
    const keys = tenantKeysOf(tx.tenantId, rows, this.roots);
    if (keys === null) throw new KeyMissing(`tenant ${tx.tenantId}`);
    return keys;
  }
}

const VERSIONS = `
  select t.version, t.root_id as "rootId", t.created_at as "createdAt",
         (select count(*)::int from keyring.subject_key s
           where s.tenant_id = t.tenant_id and s.tenant_key_version = t.version) as subjects
    from keyring.tenant_key t where t.tenant_id = $1 order by t.version`;

const OLD = {
  own: `
    select purpose as kind, '' as id, tenant_key_version::text as parent, wrapped from keyring.tenant_data_key
     where tenant_id = $1 and tenant_key_version < $2 order by purpose limit $3 for update`,
  subjects: `
    select 'subject' as kind, subject_id::text as id, tenant_key_version::text as parent, wrapped
      from keyring.subject_key
     where tenant_id = $1 and tenant_key_version < $2 order by subject_id limit $3 for update`,
} as const;

const MOVE = {
  own: `
    update keyring.tenant_data_key k set tenant_key_version = $2, wrapped = m.wrapped
      from unnest($3::text[], $4::bytea[]) as m (name, wrapped) where k.tenant_id = $1 and k.purpose = m.name`,
  subjects: `
    update keyring.subject_key k set tenant_key_version = $2, wrapped = m.wrapped
      from unnest($3::uuid[], $4::bytea[]) as m (name, wrapped) where k.tenant_id = $1 and k.subject_id = m.name`,
} as const;
