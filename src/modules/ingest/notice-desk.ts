import { timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import { accountHash } from '../account/index.js';
import { keepHints } from '../channels/index.js';
import type { Connectors, Notice, ParsedNotice } from '../channels/index.js';
import type { TenantLookup } from '../identity/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import { keepRaw } from './accept.js';

type NoticedHints = Extract<ParsedNotice, { readonly kind: 'hints' }>;

export type NoticeResult = 'kept' | 'ignored' | 'signature_invalid';

/**
 * Notices of platforms that only hint, one address for all shops of an application. They are kept as they came and answered at
 * once: whatever follows from them happens later, because platforms that wait too long switch off.
 */
export class NoticeDesk {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly tenants: TenantLookup,
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
  ) {}

  /** The part of a channel's address that nobody can guess: most platforms sign nothing. */
  keyOf(channel: string): string {
    return this.vault.fingerprint('notice address', channel).toString('hex').slice(0, 40);
  }

  /** Whether notices of a channel's platform come in here; the generic channel has an address for each shop. */
  knows(channel: string): boolean {
    return channel !== 'webhook' && this.connectors.of(channel) !== undefined;
  }

  /** Takes a notice; committed when it returns. */
  async receive(channel: string, key: string, notice: Notice): Promise<NoticeResult> {
    const notices = this.connectors.of(channel)?.notices;
    if (notices === undefined || !isSame(key, this.keyOf(channel)) || !notices.verify([], notice))
      return 'signature_invalid';
    const parsed = notices.parse(notice.body);
    if (parsed.kind !== 'hints') return 'ignored';
    const shopId = await this.tenants.ofAccount(accountHash(this.vault, channel, parsed.account));
    const shop = shopId === null ? null : await this.shops.find(shopId);
    if (shop?.channel !== channel) return 'ignored';
    await this.#keep(shop, parsed, notice);
    return 'kept';
  }

  async #keep(shop: Shop, { id, hints }: NoticedHints, { body }: Notice): Promise<void> {
    const receivedAt = Date.now();
    await this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      await keepRaw(tx, keys, shop, { webhookId: id, body, receivedAt });
      await keepHints(tx, keys, shop.id, hints, { origin: 'notice', at: receivedAt });
    });
  }
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
