import { deriveKey } from './cipher.js';

/** Purposes of a lookup key; more than any tenant has shops for is a defect, not a reason to run out of memory. */
const MAX_PURPOSES = 10_000;

/** The keys of one tenant, unwrapped. */
export class TenantKeys {
  readonly #purposes = new Map<string, Buffer>();
  readonly #lookup: Buffer;

  /**
   * @param versions every version of the key that wraps others, by number; the highest is the one in use
   * @param data seals what belongs to no person
   * @param lookup hashes what must be found
   */
  constructor(
    readonly tenantId: string,
    readonly versions: ReadonlyMap<number, Buffer>,
    readonly data: Buffer,
    lookup: Buffer,
  ) {
    this.#lookup = lookup;
  }

  /** Number and key of the version that new keys are wrapped under. */
  get current(): { readonly version: number; readonly key: Buffer } {
    const version = Math.max(...this.versions.keys());
    const key = this.versions.get(version);
    if (!key) throw new Error('A tenant without a key');
    return { version, key };
  }

  /** The key for lookups of one purpose. */
  lookupKey(purpose: string): Buffer {
    const known = this.#purposes.get(purpose);
    if (known) return known;
    const key = deriveKey(this.#lookup, `lookup|${purpose}`);
    if (this.#purposes.size < MAX_PURPOSES) this.#purposes.set(purpose, key);
    return key;
  }
}
