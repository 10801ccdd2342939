import { deriveKey, keyedHash, openFile, openText, sealFile, sealText } from './cipher.js';
import { Erased, KeyMissing, ownerName } from './errors.js';
import type { Owner } from './errors.js';
import type { TenantKeys } from './tenant-keys.js';

/** Where a text lives and whose key seals it; binds what is stored to its place. */
export type Place = {
  readonly owner: Owner;
  readonly table: string;
  readonly column: string;
  /** Id of the row, or what identifies it within the tenant. */
  readonly row: string;
};

/** An owner's key; null once it is destroyed. */
export type DataKey = Buffer | null;

/**
 * Keys of one tenant that have been fetched, with which texts are sealed and opened without asking the database again. The
 * tenant's own keys are always among them. Short-lived: it belongs to the transaction it was unlocked in.
 */
export class Keys {
  readonly #tenant: TenantKeys;
  readonly #keys: ReadonlyMap<string, DataKey>;

  constructor(tenant: TenantKeys, keys: ReadonlyMap<string, DataKey>) {
    this.#tenant = tenant;
    this.#keys = keys;
  }

  get tenantId(): string {
    return this.#tenant.tenantId;
  }

  /**
   * Seals a text for its place.
   *
   * @throws {Erased} when the owner's key is destroyed: what is gone gets no new content
   */
  seal(place: Place, text: string): Buffer {
    return sealText(this.#key(place.owner), this.#context(place), text);
  }

  /** Seals a text, or keeps the absence of one. */
  sealOptional(place: Place, text: string | null | undefined): Buffer | null {
    return text === null || text === undefined ? null : this.seal(place, text);
  }

  /** Seals a JSON value. */
  sealJson(place: Place, value: unknown): Buffer {
    return this.seal(place, JSON.stringify(value));
  }

  /**
   * Opens a sealed value; null stays null.
   *
   * @throws {Erased} when the owner's key is destroyed
   * @throws {Damaged} when it was changed, or sealed for another place
   */
  open(place: Place, sealed: Buffer | null): string | null {
    return sealed === null ? null : openText(this.#key(place.owner), this.#context(place), sealed);
  }

  /** Opens a JSON value. The caller names the type it sealed. */
  openJson<T>(place: Place, sealed: Buffer | null): T | null {
    const text = this.open(place, sealed);
    return text === null ? null : (JSON.parse(text) as T);
  }

  /**
   * Seals a file for its place; what is sealed may lie anywhere.
   *
   * @throws {Erased} when the owner's key is destroyed
   */
  sealFile(place: Place, bytes: Uint8Array): Buffer {
    return sealFile(this.#key(place.owner), this.#context(place), bytes);
  }

  /**
   * Opens a sealed file.
   *
   * @throws {Erased} when the owner's key is destroyed
   * @throws {Damaged} when it was changed, or sealed for another place
   */
  openFile(place: Place, sealed: Buffer): Buffer {
    return openFile(this.#key(place.owner), this.#context(place), sealed);
  }

  /** Opens a value for somebody to read: null for what has been erased. */
  shown(place: Place, sealed: Buffer | null): string | null {
    return this.isErased(place.owner) ? null : this.open(place, sealed);
  }

  /** Opens a JSON value for somebody to read: null for what has been erased. */
  shownJson<T>(place: Place, sealed: Buffer | null): T | null {
    return this.isErased(place.owner) ? null : this.openJson<T>(place, sealed);
  }

  /** Whether the owner's key is destroyed. */
  isErased(owner: Owner): boolean {
    return owner !== 'tenant' && this.#keys.get(ownerName(owner)) === null;
  }

  /**
   * A keyed hash by which an equal value can be found without storing it in clear: HMAC-SHA-256 under a key of the tenant
   * and purpose, so that equal values of two tenants, or of two columns, do not look alike.
   */
  lookup(purpose: string, value: string): Buffer {
    return keyedHash(this.#tenant.lookupKey(purpose), Buffer.from(value, 'utf16le'));
  }

  /**
   * A key that follows from an owner's key, for one purpose outside of the database.
   *
   * @returns 32 bytes
   * @throws {Erased} when the owner's key is destroyed
   */
  derive(owner: Owner, purpose: string): Buffer {
    return deriveKey(this.#key(owner), purpose);
  }

  #key(owner: Owner): Buffer {
    if (owner === 'tenant') return this.#tenant.data;
    const key = this.#keys.get(ownerName(owner));
    if (key === undefined) throw new KeyMissing(ownerName(owner));
    if (key === null) throw new Erased(owner);
    return key;
  }

  #context({ owner, table, column, row }: Place): string {
    return `${this.tenantId}|${ownerName(owner)}|${table}|${column}|${row}`;
  }
}
