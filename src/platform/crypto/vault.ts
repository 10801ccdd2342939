import { createHmac, hkdfSync } from 'node:crypto';

/** Where a text lives; binds what is stored to its place. */
export type Place = {
  readonly tenantId: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
};

/** First byte of a sealed value: how the rest is to be read. */
const UTF8 = 0;
const UTF16 = 1;

/**
 * The one door through which people's words enter and leave the database. A sealed value is bytes, so any text survives
 * unharmed: NUL, which `text` cannot hold, and lone surrogates, which UTF-8 cannot express.
 */
export class Vault {
  readonly #rootKey: Buffer;
  readonly #lookupKeys = new Map<string, Buffer>();

  /** @param rootKey 32 bytes; every other key is derived from it */
  constructor(rootKey: Buffer) {
    if (rootKey.length !== 32) throw new Error('The root key must have 32 bytes');
    this.#rootKey = rootKey;
  }

  /** Seals a text for its place. */
  seal(_place: Place, text: string): Buffer {
    return text.isWellFormed()
      ? Buffer.concat([Buffer.of(UTF8), Buffer.from(text, 'utf8')])
      : Buffer.concat([Buffer.of(UTF16), Buffer.from(text, 'utf16le')]);
  }

  /** Seals a text, or keeps the absence of one. */
  sealOptional(place: Place, text: string | null | undefined): Buffer | null {
    return text === null || text === undefined ? null : this.seal(place, text);
  }

  /** Opens a sealed value; null stays null. */
  open(_place: Place, sealed: Buffer | null): string | null {
    if (sealed === null) return null;
    const body = sealed.subarray(1);
    return sealed[0] === UTF16 ? body.toString('utf16le') : body.toString('utf8');
  }

  /** Seals a JSON value. */
  sealJson(place: Place, value: unknown): Buffer {
    return this.seal(place, JSON.stringify(value));
  }

  /** Opens a JSON value. The caller names the type it sealed. */
  openJson<T>(place: Place, sealed: Buffer | null): T | null {
    const text = this.open(place, sealed);
    return text === null ? null : (JSON.parse(text) as T);
  }

  /**
   * A keyed hash by which an equal value can be found without storing it in clear: HMAC-SHA-256 under a key of the tenant
   * and purpose, so that equal values of two tenants, or of two columns, do not look alike.
   */
  lookup(tenantId: string, purpose: string, value: string): Buffer {
    const name = `${tenantId}|${purpose}`;
    let key = this.#lookupKeys.get(name);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#rootKey, tenantId, `lookup|${purpose}`, 32));
      if (this.#lookupKeys.size < 10_000) this.#lookupKeys.set(name, key);
    }
    return createHmac('sha256', key).update(Buffer.from(value, 'utf16le')).digest();
  }

  /** A keyed hash without a tenant, for API keys before their tenant is known. */
  fingerprint(purpose: string, value: string): Buffer {
    const key = Buffer.from(hkdfSync('sha256', this.#rootKey, 'atende', `fingerprint|${purpose}`, 32));
    return createHmac('sha256', key).update(value).digest();
  }
}
