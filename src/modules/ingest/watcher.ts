import { setTimeout as pause } from 'node:timers/promises';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { markWatched } from '../account/index.js';
import type { Accounts } from '../account/index.js';
import { keepHints } from '../channels/index.js';
import type { Access, Connector, Connectors, Hint } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import { requestWork } from '../work/index.js';
import type { WorkItem } from '../work/index.js';

/** How often it is looked whether somebody has replaced or forgotten with what a platform is reached, in ms. */
const CHECK_MS = 10_000;

/** A connection that stood this long was a good one: the next is tried soon, in ms. */
const STOOD_MS = 60_000;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 300_000;

/**
 * Stays with platforms that tell only whoever waits for it. What they tell becomes hints, like notices: whatever gets lost, the next
 * sweep finds. Which process stays with which shop is said by the work queue: whoever has the item in hand, for as long as it lasts.
 */
export class Watcher {
  /** Connections in a row that did not stand, by shop. */
  readonly #failures = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
    private readonly accounts: Accounts,
    private readonly checkMs = CHECK_MS,
  ) {}

  /**
   * Handles one `watch` item (a shop) until `stopping` says so; returns when to connect again (epoch ms), or null until somebody opens the
   * account anew.
   */
  async handle(item: WorkItem, stopping: AbortSignal): Promise<number | null> {
    const shop = await this.database.tenant(item.tenantId, (tx) => this.shops.read(tx, item.ref));
    const connector = shop === null ? undefined : this.connectors.of(shop.channel);
    if (shop === null || connector?.reading?.watch === undefined) return null;
    const result = await this.accounts.access(shop, connector);
    if (result.kind === 'unauthorised') return this.#leave(shop);
    if (result.kind === 'later') return Date.now() + result.retryAfterMs;
    const begunAt = Date.now();
    const end = await this.#stay(shop, connector, result.access, stopping);
    if (stopping.aborted) return Date.now();
    if (end === 'unauthorised') {
      await this.accounts.expire(shop, result.access);
      // Access that is renewed by itself is taken at once; of any other there is none now.
      return Date.now() + MIN_PAUSE_MS;
    }
    if (end === 'replaced') return Date.now();
    return Date.now() + this.#pauseOf(shop, Date.now() - begunAt);
  }

  /** Connects until the platform ends it, somebody replaces the access, or everything stops. */
  async #stay(
    shop: Shop,
    connector: Connector,
    access: Access,
    stopping: AbortSignal,
  ): Promise<'ended' | 'unauthorised' | 'replaced'> {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, stopping]);
    const listener = {
      signal,
      connected: () => this.#tenant(shop, (tx) => this.#connected(tx, shop)),
      told: (hints: readonly Hint[]) => this.#tenant(shop, (tx) => this.#keep(tx, shop, hints)),
    };
    const over = new AbortController();
    const replaced = this.#untilReplaced(shop, connector, access, AbortSignal.any([signal, over.signal]));
    void replaced.then((is) => is && left.abort());
    const answer = await connector.reading?.watch?.(access, listener);
    over.abort();
    await this.#tenant(shop, (tx) => markWatched(tx, shop.id, null));
    if (await replaced) return 'replaced';
    return answer?.kind === 'unauthorised' ? 'unauthorised' : 'ended';
  }

  /** What came before anybody was there has to be looked for. */
  async #connected(tx: Tx, shop: Shop): Promise<void> {
    const at = Date.now();
    await markWatched(tx, shop.id, at);
    await requestWork(tx, [{ kind: 'reconcile', ref: shop.id, shopId: shop.id, dueAt: at }]);
  }

  async #keep(tx: Tx, shop: Shop, hints: readonly Hint[]): Promise<void> {
    await keepHints(tx, await this.vault.unlock(tx), shop.id, hints, { origin: 'notice', at: Date.now() });
  }

  /** Ends with true when the shop is reached otherwise than with `access`, or not at all; with false when `signal` says so. */
  async #untilReplaced(shop: Shop, connector: Connector, access: Access, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await pause(this.checkMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return false;
      // A database that is away says nothing about access.
      const now = await this.accounts.access(shop, connector).catch(() => null);
      if (now?.kind === 'unauthorised') return true;
      if (now?.kind === 'access' && JSON.stringify(now.access) !== JSON.stringify(access)) return true;
    }
    return false;
  }

  /** Growing pauses with jitter: mailboxes whose server comes back do not all come at one instant. */
  #pauseOf({ id }: Shop, stoodMs: number): number {
    const failures = stoodMs >= STOOD_MS ? 0 : (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    const full = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(failures, 10));
    return full / 2 + Math.random() * (full / 2);
  }

  #leave({ id }: Shop): null {
    this.#failures.delete(id);
    return null;
  }

  #tenant<T>(shop: Shop, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.tenant(shop.tenantId, work);
  }
}
