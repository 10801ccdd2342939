import type pg from 'pg';
import { parse as uuidBytes } from 'uuid';

/** Remembered per process; a shop or key never changes its tenant. */
const KEPT = 50_000;

/**
 * Finds the tenant of a shop or API key before any tenant is known: ids and hashes only, over the login that may read
 * nothing else.
 */
export class TenantLookup {
  readonly #known = new Map<string, { readonly tenantId: string; readonly subjectId: string }>();

  constructor(private readonly pool: pg.Pool) {}

  /** The tenant of a shop, or null. */
  async ofShop(shopId: string): Promise<string | null> {
    const found = await this.#find('shop', Buffer.from(uuidBytes(shopId)));
    return found?.tenantId ?? null;
  }

  /** Asked each time: an account may become another shop's. The shop that notices about a platform's account are for, by the account's hash, or null. */
  async ofAccount(hash: Buffer): Promise<string | null> {
    return (await this.#read('account', hash))?.subjectId ?? null;
  }

  /** Tenant and key id behind the hash of an API key, or null. */
  async ofKey(hash: Buffer): Promise<{ tenantId: string; keyId: string } | null> {
    const found = await this.#find('key', hash);
    return found === null ? null : { tenantId: found.tenantId, keyId: found.subjectId };
  }

  /** All tenants that exist, for sweeps; ids only. */
  async tenants(): Promise<string[]> {
    const result = await this.pool.query<{ tenant_id: string }>(
      'select distinct tenant_id from auth_lookup order by 1',
    );
    return result.rows.map((row) => row.tenant_id);
  }

  async #find(kind: 'shop' | 'key', hash: Buffer): Promise<{ tenantId: string; subjectId: string } | null> {
    const cacheKey = `${kind}|${hash.toString('base64')}`;
    const known = this.#known.get(cacheKey);
    if (known) return known;
    const found = await this.#read(kind, hash);
    if (found === null) return null;
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(cacheKey, found);
    return found;
  }

  async #read(kind: 'shop' | 'key' | 'account', hash: Buffer): Promise<{ tenantId: string; subjectId: string } | null> {
    const result = await this.pool.query<{ tenantId: string; subjectId: string }>(
      'select tenant_id as "tenantId", subject_id as "subjectId" from auth_lookup where kind = $1 and hash = $2',
      [kind, hash],
    );
    return result.rows[0] ?? null;
  }
}
