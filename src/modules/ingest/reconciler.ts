import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import { moveSweep, sweepCursor } from '../account/index.js';
import type { Accounts } from '../account/index.js';
import { keepHints } from '../channels/index.js';
import type { Changes, Connectors } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { WorkItem } from '../work/index.js';
import type { NoticeDesk } from './notice-desk.js';

/** Parts of a sweep before others get their turn. */
const MAX_PARTS = 20;
const RETRY_MS = 15_000;

/** Looks for what platforms did not tell: notices get lost, and a platform may stop sending them altogether. */
export class Reconciler {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
    private readonly accounts: Accounts,
    private readonly desk: NoticeDesk,
    private readonly everyMs: number,
  ) {}

  /** Handles one `reconcile` item (a shop); returns when to sweep again (epoch ms), or null while nobody has opened the account. */
  async handle(item: WorkItem): Promise<number | null> {
    const shop = await this.database.tenant(item.tenantId, (tx) => this.shops.read(tx, item.ref));
    const connector = shop === null ? undefined : this.connectors.of(shop.channel);
    const reading = connector?.reading;
    if (shop === null || connector === undefined || reading === undefined) return null;
    for (let part = 0; part < MAX_PARTS; part += 1) {
      const result = await this.accounts.access(shop, connector);
      if (result.kind === 'unauthorised') return null;
      if (result.kind === 'later') return Date.now() + result.retryAfterMs;
      const cursor = await this.database.tenant(shop.tenantId, (tx) => sweepCursor(tx, shop.id));
      if (cursor === undefined) return null;
      const answer = await reading.changes(result.access, cursor);
      if (answer.kind === 'unauthorised' && answer.code === 'token_invalid')
        await this.accounts.expire(shop, result.access);
      if (answer.kind !== 'read') return this.#later(shop, answer);
      for (const body of answer.value.notices ?? []) await this.desk.recover(shop.channel, body);
      await this.#keep(shop, answer.value);
      if (answer.value.next === null) return Date.now() + this.everyMs;
    }
    return Date.now();
  }

  async #later(
    shop: Shop,
    answer: { readonly kind: string; readonly code?: string; readonly retryAfterMs?: number | null },
  ): Promise<number> {
    await this.accounts.note(shop, answer.code ?? (answer.kind === 'absent' ? 'http_404' : 'answer_unreadable'));
    return Date.now() + Math.max(answer.retryAfterMs ?? 0, RETRY_MS);
  }

  /** Conversations are read each time they turn up, because they may have grown; other things once. */
  async #keep(shop: Shop, { hints, next, keep }: Changes): Promise<void> {
    await this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      const at = Date.now();
      const growing = hints.filter(({ grows }) => grows === true);
      const others = hints.filter(({ grows }) => grows !== true);
      await keepHints(tx, keys, shop.id, growing, { origin: 'sweep', at, again: true });
      await keepHints(tx, keys, shop.id, others, { origin: 'sweep', at });
      await moveSweep(tx, shop.id, { cursor: next ?? keep ?? null, ended: next === null, at });
    });
  }
}
