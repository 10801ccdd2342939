import type { Database, Tx } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { TenantLookup } from '../identity/index.js';
import { secretPlace } from './secret-place.js';
import { readSettings } from './settings.js';
import type { ShopSettings } from './settings.js';

export type Shop = {
  readonly tenantId: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly channel: string;
  readonly country: string;
  readonly language: string;
  readonly active: boolean;
  readonly settings: ShopSettings;
  /** Secrets valid now, newest first; two during a rotation. */
  readonly secrets: readonly string[];
  readonly tenantLanguages: readonly string[];
};

type ShopRow = Omit<Shop, 'tenantId' | 'settings' | 'secrets'> & { readonly settings: unknown };
type SecretRow = { readonly id: string; readonly secret: Buffer };

/** How long a shop is remembered, in ms: a rotated secret or changed setting is in force everywhere after that. */
const REMEMBERED_MS = 1_000;

/** Finds shops by id alone, as a channel names them; the tenant follows from the shop. */
export class ShopDirectory {
  readonly #known = new Map<string, { readonly shop: Shop | null; readonly until: number }>();

  constructor(
    private readonly database: Database,
    private readonly tenants: TenantLookup,
    private readonly vault: Vault,
  ) {}

  /** The active shop with this id, or null. */
  async find(shopId: string): Promise<Shop | null> {
    if (!isId(shopId)) return null;
    const known = this.#known.get(shopId);
    if (known && known.until > Date.now()) return known.shop;
    const tenantId = await this.tenants.ofShop(shopId);
    const shop = tenantId === null ? null : await this.database.tenant(tenantId, (tx) => this.read(tx, shopId));
    if (this.#known.size > 10_000) this.#known.clear();
    this.#known.set(shopId, { shop, until: Date.now() + REMEMBERED_MS });
    return shop;
  }

  /** The shop as this transaction sees it, or null. */
  async read(tx: Tx, shopId: string): Promise<Shop | null> {
    const [row, secrets] = await Promise.all([this.#row(tx, shopId), this.#secrets(tx, shopId)]);
    if (!row) return null;
    const keys = await this.vault.unlock(tx);
    const open = ({ id, secret }: SecretRow): string => keys.open(secretPlace(id), secret) ?? '';
    return { ...row, tenantId: tx.tenantId, settings: readSettings(row.settings), secrets: secrets.map(open) };
  }

  #row(tx: Tx, shopId: string): Promise<ShopRow | undefined> {
    return tx.first<ShopRow>(
      `select s.id, s.key, s.name, s.channel, s.country, s.language, s.active, s.settings,
              t.languages as "tenantLanguages"
         from shop s join tenant t on t.tenant_id = s.tenant_id
        where s.tenant_id = $1 and s.id = $2 and s.active`,
      [tx.tenantId, shopId],
    );
  }

  #secrets(tx: Tx, shopId: string): Promise<SecretRow[]> {
    return tx.query<SecretRow>(
      `select id, secret from shop_secret
        where tenant_id = $1 and shop_id = $2 and (expires_at is null or expires_at > now()) order by created_at desc`,
      [tx.tenantId, shopId],
    );
  }

  /** Forgets a shop that has just been changed by this process. */
  forget(shopId: string): void {
    this.#known.delete(shopId);
  }
}
