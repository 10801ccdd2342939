import type { Database, Tx } from '../database/index.js';
import { deriveKey, keyedHash, newKey } from './cipher.js';
import { Erased, KeyMissing, ownerName } from './errors.js';
import type { Owner } from './errors.js';
import { KeyCache } from './key-cache.js';
import { destroyKeys, foundTenant, loadKeys, saveKeys, tenantKeysOf, unwrapRow } from './keyring.js';
import type { DestroyedKeys, KeyRow, MadeCase, MadeKey } from './keyring.js';
import { Keys } from './keys.js';
import type { DataKey } from './keys.js';
import type { RootKeys } from './root-keys.js';
import { KeyRotation } from './rotation.js';
import type { TenantKeys } from './tenant-keys.js';

/** Whose keys are wanted besides the tenant's own. */
export type Wanted = { readonly subjects?: readonly string[]; readonly cases?: readonly string[] };

export type VaultOptions = {
  readonly database: Database;
  readonly roots: RootKeys;
  /** Called in the transaction that gives a tenant its first keys. */
  readonly onFounded?: (tx: Tx) => Promise<void>;
};

/** What belongs to no tenant, such as the hashes of API keys, has its keys under this one. */
export const INSTALLATION = '00000000-0000-0000-0000-000000000000';

/**
 * How long an unwrapped key is remembered. A key that this process destroys is forgotten at once; another process may read
 * what it sealed until then.
 */
const REMEMBERED_MS = 300_000;
const MAX_DATA_KEYS = 20_000;
const MAX_TENANTS = 1_000;

const TENANT_ONLY = { tenant: true, subjects: [], cases: [] } as const;

/** What a transaction has made and nobody else can see yet. */
type Draft = { tenant: TenantKeys | null; readonly subjects: MadeKey[]; readonly cases: MadeCase[] };

/**
 * The one door through which people's words enter and leave the database. Keys form a tree, root → tenant → subject → case;
 * only wrapped ones are stored, and destroying one erases everything below it.
 */
export class Vault {
  readonly #database: Database;
  readonly #roots: RootKeys;
  readonly #onFounded: (tx: Tx) => Promise<void>;
  readonly #tenants = new KeyCache<TenantKeys>(MAX_TENANTS, REMEMBERED_MS);
  readonly #dataKeys = new KeyCache<DataKey>(MAX_DATA_KEYS, REMEMBERED_MS);
  readonly #drafts = new WeakMap<Tx, Draft>();
  #installation: TenantKeys | null = null;

  private constructor({ database, roots, onFounded }: VaultOptions) {
    this.#database = database;
    this.#roots = roots;
    this.#onFounded = onFounded ?? (() => Promise.resolve());
  }

  /**
   * Opens the vault with the keys of the installation, which the first process makes.
   *
   * @throws {KeyMissing} when they were wrapped under another root key
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const vault = new Vault(options);
    vault.#installation = await options.database.tenant(INSTALLATION, (tx) => vault.#tenantKeys(tx));
    return vault;
  }

  /**
   * Fetches keys; one statement at most, none for what this process remembers. The tenant's own are always among them.
   * Owners without a key are noticed only when their key is used.
   */
  async unlock(tx: Tx, { subjects = [], cases = [] }: Wanted = {}): Promise<Keys> {
    const found = this.#remembered(tx, subjects, cases);
    const lacking = {
      tenant: this.#knownTenant(tx) === undefined,
      subjects: subjects.filter((subject) => !found.has(ownerName({ subject }))),
      cases: cases.filter((one) => !found.has(ownerName({ case: one }))),
    };
    if (lacking.tenant || lacking.subjects.length > 0 || lacking.cases.length > 0) {
      const rows = await loadKeys(tx, lacking);
      const tenant = await this.#tenantKeys(tx, rows);
      for (const [name, key] of await this.#unwrapped(tx, tenant, rows)) found.set(name, key);
    }
    return new Keys(await this.#tenantKeys(tx), found);
  }

  /**
   * Makes the key of a person; stored by itself right before the commit.
   *
   * @returns keys with which their texts can be sealed in this transaction
   */
  async newSubject(tx: Tx, id: string): Promise<Keys> {
    const draft = this.#draft(tx);
    if (!draft.subjects.some((made) => made.id === id)) draft.subjects.push({ id, key: newKey() });
    return this.unlock(tx, { subjects: [id] });
  }

  /**
   * Makes the key of a case of somebody who has one; stored by itself right before the commit.
   *
   * @throws {Erased} when the person's key is destroyed
   */
  async newCase(tx: Tx, id: string, subjectId: string): Promise<Keys> {
    await this.unlock(tx, { subjects: [subjectId] });
    const subjectKey = this.#remembered(tx, [subjectId], []).get(ownerName({ subject: subjectId }));
    if (subjectKey === undefined) throw new KeyMissing(ownerName({ subject: subjectId }));
    if (subjectKey === null) throw new Erased({ subject: subjectId });
    this.#draft(tx).cases.push({ id, key: newKey(), subjectId, subjectKey });
    return this.unlock(tx, { subjects: [subjectId], cases: [id] });
  }

  /**
   * Destroys keys, and with them everything they sealed.
   *
   * @returns how many there were to destroy
   * @throws {KeyHeld} for whatever is under a legal hold; the database itself refuses it
   */
  async destroy(tx: Tx, { subjects = [], cases = [] }: Wanted): Promise<DestroyedKeys> {
    const destroyed = await destroyKeys(tx, { subjects, cases });
    const forget = (): void => {
      for (const one of cases) this.#dataKeys.delete(cacheName(tx.tenantId, { case: one }));
      for (const subject of subjects) this.#dataKeys.delete(cacheName(tx.tenantId, { subject }));
    };
    forget();
    // Another transaction may have fetched it between our statement and our commit.
    tx.afterCommit(forget);
    return destroyed;
  }

  /**
   * A key that follows from a case's, for one purpose outside of the database; asks the database unless remembered.
   *
   * @returns 32 bytes
   * @throws {Erased} when the case's key is destroyed
   * @throws {KeyMissing} when there is no such case
   */
  async caseKey(tenantId: string, caseId: string, purpose: string): Promise<Buffer> {
    const owner = { case: caseId };
    const known = this.#dataKeys.get(cacheName(tenantId, owner));
    if (known === null) throw new Erased(owner);
    if (known !== undefined) return deriveKey(known, purpose);
    const keys = await this.#database.tenant(tenantId, (tx) => this.unlock(tx, { cases: [caseId] }));
    return keys.derive(owner, purpose);
  }

  /** A keyed hash without a tenant, for API keys before their tenant is known. The same over rotations of the root. */
  fingerprint(purpose: string, value: string): Buffer {
    if (this.#installation === null) throw new Error('The vault is not open');
    return keyedHash(this.#installation.lookupKey(`fingerprint|${purpose}`), Buffer.from(value, 'utf8'));
  }

  /** Giving tenants new keys, and wrapping theirs under another root key. */
  rotation(): KeyRotation {
    return new KeyRotation(this.#database, this.#roots);
  }

  /** Forgets every unwrapped key. */
  forget(): void {
    this.#tenants.clear();
    this.#dataKeys.clear();
  }

  #knownTenant(tx: Tx): TenantKeys | undefined {
    return this.#drafts.get(tx)?.tenant ?? this.#tenants.get(tx.tenantId);
  }

  /** The tenant's keys: remembered, among the rows, in the database, or made now. */
  async #tenantKeys(tx: Tx, rows: readonly KeyRow[] = []): Promise<TenantKeys> {
    const known = this.#knownTenant(tx) ?? this.#rememberTenant(tenantKeysOf(tx.tenantId, rows, this.#roots));
    if (known) return known;
    const stored = this.#rememberTenant(tenantKeysOf(tx.tenantId, await loadKeys(tx, TENANT_ONLY), this.#roots));
    if (stored) return stored;
    const isFirst = await foundTenant(tx, this.#roots);
    const founded = tenantKeysOf(tx.tenantId, await loadKeys(tx, TENANT_ONLY), this.#roots);
    if (founded === null) throw new KeyMissing(`tenant ${tx.tenantId}`);
    if (isFirst) {
      this.#draft(tx).tenant = founded;
      if (tx.tenantId !== INSTALLATION) await this.#onFounded(tx);
    }
    return founded;
  }

  #rememberTenant(keys: TenantKeys | null): TenantKeys | null {
    if (keys !== null) this.#tenants.set(keys.tenantId, keys);
    return keys;
  }

  /** Unwraps rows and remembers them; what they are wrapped under comes with them. */
  async #unwrapped(tx: Tx, tenant: TenantKeys, rows: readonly KeyRow[]): Promise<Map<string, DataKey>> {
    const versions = await this.#versions(tx, tenant, rows);
    const keys = new Map<string, DataKey>();
    const open = (kind: KeyRow['kind'], owner: (id: string) => Owner, parentOf: (id: string) => Buffer): void => {
      for (const row of rows.filter((candidate) => candidate.kind === kind)) {
        const key = row.wrapped === null ? null : unwrapRow(tx.tenantId, row, parentOf(row.parent ?? ''));
        keys.set(ownerName(owner(row.id)), key);
        this.#dataKeys.set(cacheName(tx.tenantId, owner(row.id)), key);
      }
    };
    const present = (key: DataKey | undefined, what: string): Buffer => {
      if (key === undefined || key === null) throw new KeyMissing(what);
      return key;
    };
    open(
      'subject',
      (subject) => ({ subject }),
      (version) => present(versions.get(Number(version)), `tenant, version ${version}`),
    );
    open(
      'case',
      (one) => ({ case: one }),
      (subject) => present(keys.get(ownerName({ subject })), `subject ${subject}`),
    );
    return keys;
  }

  /** The tenant's versions; read again when a row lies under one this process has not heard of. */
  async #versions(tx: Tx, tenant: TenantKeys, rows: readonly KeyRow[]): Promise<TenantKeys['versions']> {
    const isKnown = ({ kind, parent }: KeyRow): boolean =>
      kind !== 'subject' || parent === null || tenant.versions.has(Number(parent));
    if (rows.every(isKnown)) return tenant.versions;
    const fresh = this.#rememberTenant(tenantKeysOf(tx.tenantId, await loadKeys(tx, TENANT_ONLY), this.#roots));
    if (fresh === null) throw new KeyMissing(`tenant ${tx.tenantId}`);
    return fresh.versions;
  }

  /** What this transaction made, and what the process remembers. */
  #remembered(tx: Tx, subjects: readonly string[], cases: readonly string[]): Map<string, DataKey> {
    const draft = this.#drafts.get(tx);
    const found = new Map<string, DataKey>();
    const look = (owner: Owner, made: Buffer | undefined): void => {
      const key = made ?? this.#dataKeys.get(cacheName(tx.tenantId, owner));
      if (key !== undefined) found.set(ownerName(owner), key);
    };
    for (const subject of subjects) look({ subject }, draft?.subjects.find(({ id }) => id === subject)?.key);
    for (const one of cases) look({ case: one }, draft?.cases.find(({ id }) => id === one)?.key);
    return found;
  }

  #draft(tx: Tx): Draft {
    const known = this.#drafts.get(tx);
    if (known) return known;
    const draft: Draft = { tenant: null, subjects: [], cases: [] };
    this.#drafts.set(tx, draft);
    tx.beforeCommit(() => this.#save(tx, draft));
    // Remembered only now: what is rolled back must never be used again.
    tx.afterCommit(() => this.#remember(tx.tenantId, draft));
    return draft;
  }

  async #save(tx: Tx, { subjects, cases }: Draft): Promise<void> {
    if (subjects.length === 0 && cases.length === 0) return;
    try {
      await saveKeys(tx, await this.#tenantKeys(tx), subjects, cases);
    } catch (error) {
      this.#tenants.delete(tx.tenantId);
      for (const { subjectId } of cases) this.#dataKeys.delete(cacheName(tx.tenantId, { subject: subjectId }));
      throw error;
    }
  }

  #remember(tenantId: string, { tenant, subjects, cases }: Draft): void {
    this.#rememberTenant(tenant);
    for (const { id, key } of subjects) this.#dataKeys.set(cacheName(tenantId, { subject: id }), key);
    for (const { id, key } of cases) this.#dataKeys.set(cacheName(tenantId, { case: id }), key);
  }
}

function cacheName(tenantId: string, owner: Owner): string {
  return `${tenantId}/${ownerName(owner)}`;
}
