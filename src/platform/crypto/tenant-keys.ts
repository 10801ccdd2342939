import { deriveKey } from './cipher.js';

/** The keys of one tenant, unwrapped. */
export class TenantKeys {
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
    return deriveKey(this.#lookup, `lookup|${purpose}`);
  }
}
