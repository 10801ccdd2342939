import type { Tx } from '../database/index.js';
import { sqlState } from '../database/index.js';
import { newKey, unwrapKey, wrapKey } from './cipher.js';
import { KeyHeld, KeyMissing, StaleKey } from './errors.js';
import type { DataKey } from './keys.js';
import type { RootKeys } from './root-keys.js';
import { TenantKeys } from './tenant-keys.js';

/** The tables of wrapped keys (schema `keyring`): root wraps tenant, tenant wraps subject, subject wraps case. */

export type KeyRow = {
  readonly kind: 'tenant' | 'data' | 'lookup' | 'subject' | 'case';
  readonly id: string;
  /** Id of the key it is wrapped under: of the root, version of the tenant's, or subject. Null once destroyed. */
  readonly parent: string | null;
  readonly wrapped: Buffer | null;
};

/** A key made in a transaction that has yet to commit. */
export type MadeKey = { readonly id: string; readonly key: Buffer };
export type MadeCase = MadeKey & { readonly subjectId: string; readonly subjectKey: Buffer };

const LOAD = `
  select 'tenant' as kind, version::text as id, root_id as parent, wrapped
    from keyring.tenant_key where tenant_id = $1 and $2
  union all
  select purpose, '', tenant_key_version::text, wrapped
    from keyring.tenant_data_key where tenant_id = $1 and $2
  union all
  select 'subject', subject_id::text, tenant_key_version::text, wrapped
    from keyring.subject_key where tenant_id = $1
     and (subject_id = any($3::uuid[])
          or subject_id in (select subject_id from keyring.case_key where tenant_id = $1 and case_id = any($4::uuid[])))
  union all
  select 'case', case_id::text, subject_id::text, wrapped
    from keyring.case_key where tenant_id = $1 and case_id = any($4::uuid[])`;

/** Reads wrapped keys: the tenant's if asked for, the subjects', the cases' with those of their subjects. */
export async function loadKeys(
  tx: Tx,
  wanted: { readonly tenant: boolean; readonly subjects: readonly string[]; readonly cases: readonly string[] },
): Promise<KeyRow[]> {
  return tx.query<KeyRow>(LOAD, [tx.tenantId, wanted.tenant, wanted.subjects, wanted.cases]);
}

/** What a wrapped key is bound to: whose it is, and under which key of the tenant it lies. */
function wrapContext(tenantId: string, kind: string, id: string, parent: string): string {
  return `${tenantId}|key|${kind}|${id}|${parent}`;
}

/** Wraps a key of `kind` under a parent key. */
export function wrapFor(tenantId: string, row: Omit<KeyRow, 'wrapped'>, parent: Buffer, key: Buffer): Buffer {
  return wrapKey(parent, wrapContext(tenantId, row.kind, row.id, row.parent ?? ''), key);
}

/** Unwraps a row; null for a key that is destroyed. */
export function unwrapRow(tenantId: string, row: KeyRow, parent: Buffer): DataKey {
  if (row.wrapped === null) return null;
  return unwrapKey(parent, wrapContext(tenantId, row.kind, row.id, row.parent ?? ''), row.wrapped);
}

/** The tenant's keys among the rows, or null when it has none yet. */
export function tenantKeysOf(tenantId: string, rows: readonly KeyRow[], roots: RootKeys): TenantKeys | null {
  const versions = new Map<number, Buffer>();
  for (const row of rows.filter(({ kind }) => kind === 'tenant')) {
    const key = unwrapRow(tenantId, row, roots.get(row.parent ?? ''));
    if (key !== null) versions.set(Number(row.id), key);
  }
  if (versions.size === 0) return null;
  const own = (purpose: 'data' | 'lookup'): Buffer => {
    const row = rows.find(({ kind }) => kind === purpose);
    const parent = versions.get(Number(row?.parent));
    const key = row && parent ? unwrapRow(tenantId, row, parent) : null;
    if (key === null) throw new KeyMissing(`${purpose} of tenant ${tenantId}`);
    return key;
  };
  return new TenantKeys(tenantId, versions, own('data'), own('lookup'));
}

/** Every key of one tenant begins with these; whoever comes second finds those of the first. */
const FOUND = `
  with first as (
    insert into keyring.tenant_key (tenant_id, version, root_id, wrapped) values ($1, 1, $2, $3)
    on conflict do nothing returning version)
  insert into keyring.tenant_data_key (tenant_id, purpose, tenant_key_version, wrapped)
  select $1, own.purpose, first.version, own.wrapped
    from first, unnest($4::text[], $5::bytea[]) as own (purpose, wrapped)`;

/** Gives a tenant its first keys. False when another transaction was quicker. */
export async function foundTenant(tx: Tx, roots: RootKeys): Promise<boolean> {
  const { tenantId } = tx;
  const key = newKey();
  const root = { kind: 'tenant', id: '1', parent: roots.currentId } as const;
  const purposes = ['data', 'lookup'] as const;
  const made = await tx.run(FOUND, [
    tenantId,
    roots.currentId,
    wrapFor(tenantId, root, roots.current, key),
    purposes,
    purposes.map((kind) => wrapFor(tenantId, { kind, id: '', parent: '1' }, key, newKey())),
  ]);
  return made > 0;
}

/** A case's key is stored only while its subject's is in use; the lock keeps that from being destroyed until the commit. */
const SAVE = `
  with subject as (
    insert into keyring.subject_key (tenant_id, subject_id, tenant_key_version, wrapped)
    select $1, s.id, $2, s.wrapped from unnest($3::uuid[], $4::bytea[]) as s (id, wrapped) returning subject_id),
  known as (
    select subject_id from keyring.subject_key
     where tenant_id = $1 and subject_id = any($6::uuid[]) and wrapped is not null for share),
  saved as (
    insert into keyring.case_key (tenant_id, case_id, subject_id, wrapped)
    select $1, c.id, c.subject_id, c.wrapped from unnest($5::uuid[], $6::uuid[], $7::bytea[]) as c (id, subject_id, wrapped)
     where c.subject_id in (select subject_id from subject union all select subject_id from known)
    returning case_id)
  select count(*)::int as cases from saved`;

/**
 * Stores keys made in this transaction.
 *
 * @throws {StaleKey} when one they are wrapped under is no longer in use
 */
export async function saveKeys(
  tx: Tx,
  tenant: TenantKeys,
  subjects: readonly MadeKey[],
  cases: readonly MadeCase[],
): Promise<void> {
  const { tenantId } = tx;
  const { version, key } = tenant.current;
  try {
    const saved = await tx.one<{ cases: number }>(SAVE, [
      tenantId,
      version,
      subjects.map(({ id }) => id),
      subjects.map((made) =>
        wrapFor(tenantId, { kind: 'subject', id: made.id, parent: String(version) }, key, made.key),
      ),
      cases.map(({ id }) => id),
      cases.map(({ subjectId }) => subjectId),
      cases.map((made) =>
        wrapFor(tenantId, { kind: 'case', id: made.id, parent: made.subjectId }, made.subjectKey, made.key),
      ),
    ]);
    if (saved.cases !== cases.length) throw new StaleKey('a subject');
  } catch (error) {
    // The version was retired by a rotation while this process still remembered it.
    if (sqlState(error) === '23503') throw new StaleKey('the tenant');
    throw error;
  }
}

const DESTROY = `
  with cases as (
    update keyring.case_key set wrapped = null, destroyed_at = clock_timestamp()
     where tenant_id = $1 and case_id = any($2::uuid[]) and wrapped is not null returning case_id),
  subjects as (
    update keyring.subject_key set wrapped = null, tenant_key_version = null, destroyed_at = clock_timestamp()
     where tenant_id = $1 and subject_id = any($3::uuid[]) and wrapped is not null returning subject_id)
  select (select count(*)::int from cases) as cases, (select count(*)::int from subjects) as subjects`;

/** How many keys a destruction found. */
export type DestroyedKeys = { readonly cases: number; readonly subjects: number };

/** SQLSTATE the keyring refuses destruction with while a legal hold is in force (`keyring.refuse_held`). */
const HELD = 'ATH01';

/**
 * Destroys keys.
 *
 * @throws {KeyHeld} when a legal hold covers one of them
 */
export async function destroyKeys(
  tx: Tx,
  of: { readonly cases: readonly string[]; readonly subjects: readonly string[] },
): Promise<DestroyedKeys> {
  try {
    return await tx.one<DestroyedKeys>(DESTROY, [tx.tenantId, of.cases, of.subjects]);
  } catch (error) {
    throw sqlState(error) === HELD ? new KeyHeld() : error;
  }
}
