import type { Role } from '../../domain/identity/permissions.js';
import type { Database } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { TenantLookup } from './tenant-lookup.js';

/** Who acts, as the key says; never taken from header, body or path. */
export type Principal = {
  readonly tenantId: string;
  readonly memberId: string;
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  readonly queues: readonly string[];
};

/** How long a checked key is remembered, in ms: a revoked key or changed role is in force everywhere after that. */
const REMEMBERED_MS = 1_000;

const MEMBER = `
  select m.id as "memberId", k.id as "keyId", m.name, m.role,
         coalesce((select array_agg(q.key order by q.key) from queue_member qm
                     join queue q on q.tenant_id = qm.tenant_id and q.id = qm.queue_id
                    where qm.tenant_id = m.tenant_id and qm.member_id = m.id), '{}') as queues
    from member_key k join member m on m.tenant_id = k.tenant_id and m.id = k.member_id
   where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
     and m.active`;

/** Turns API keys into principals. Keys are stored as keyed hashes only. */
export class Authenticator {
  readonly #known = new Map<string, { readonly principal: Promise<Principal | null>; readonly until: number }>();

  constructor(
    private readonly database: Database,
    private readonly tenants: TenantLookup,
    private readonly vault: Vault,
  ) {}

  /** The hash under which a key is stored. */
  hashOf(key: string): Buffer {
    return this.vault.fingerprint('api-key', key);
  }

  /** The principal of a key that is valid now, or null. */
  async authenticate(key: string | null): Promise<Principal | null> {
    if (key === null) return null;
    const hash = this.hashOf(key);
    const cacheKey = hash.toString('base64');
    const known = this.#known.get(cacheKey);
    if (known && known.until > Date.now()) return known.principal;
    // Requests of one key that come together share the look-up.
    const principal = this.#read(hash);
    if (this.#known.size > 10_000) this.#known.clear();
    const entry = { principal, until: Date.now() + REMEMBERED_MS };
    this.#known.set(cacheKey, entry);
    try {
      return await principal;
    } catch (error) {
      if (this.#known.get(cacheKey) === entry) this.#known.delete(cacheKey);
      throw error;
    }
  }

  /** Forgets what is remembered, after this process has changed members or keys. */
  forget(): void {
    this.#known.clear();
  }

  async #read(hash: Buffer): Promise<Principal | null> {
    const found = await this.tenants.ofKey(hash);
    if (!found) return null;
    const { tenantId, keyId } = found;
    const row = await this.database.tenant(tenantId, (tx) =>
      tx.first<Omit<Principal, 'tenantId'>>(MEMBER, [tenantId, keyId]),
    );
    return row === undefined ? null : { ...row, tenantId };
  }
}
