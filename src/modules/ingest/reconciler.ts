import type { PushState } from '../../domain/channel/untold.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import {
  metricsReadAt,
  moveSweep,
  pushStateRead,
  saveMetrics,
  savePushState,
  sweepCursor,
  sweptBefore,
} from '../account/index.js';
import type { Accounts } from '../account/index.js';
import { keepHints, logSync } from '../channels/index.js';
import type { Access, Changes, Connectors, Hint, Metrics, Pushes, Reading } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { WorkItem } from '../work/index.js';
import type { NoticeDesk } from './notice-desk.js';
import { unlistedHints } from './unlisted.js';

/** Parts of a sweep before others get their turn. */
const MAX_PARTS = 20;
const RETRY_MS = 15_000;

/** Platforms count how a shop answers once a day. */
const METRICS_EVERY_MS = 6 * 3_600_000;

/** Nobody tells us anything while a platform has switched its notices off: then everything is looked at this often, if not more. */
const UNTOLD_MS = 60_000;

const SWEPT = { event: 'swept', origin: null, kind: null, code: null } as const;

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
    let found = 0;
    for (let part = 0; part < MAX_PARTS; part += 1) {
      const result = await this.accounts.access(shop, connector);
      if (result.kind === 'unauthorised') return null;
      if (result.kind === 'later') return Date.now() + result.retryAfterMs;
      const [cursor, sweptAt] = await this.database.tenant(shop.tenantId, async (tx) => [
        await sweepCursor(tx, shop.id),
        await sweptBefore(tx, shop.id),
      ]);
      if (cursor === undefined) return null;
      const answer = await reading.changes(result.access, cursor, sweptAt);
      if (answer.kind === 'unauthorised' && answer.code === 'token_invalid')
        await this.accounts.expire(shop, result.access);
      if (answer.kind !== 'read') return this.#later(shop, answer);
      for (const body of answer.value.notices ?? []) await this.desk.recover(shop.channel, body);
      found += await this.#keep(shop, reading, answer.value);
      if (answer.value.next !== null) continue;
      await this.#rate(shop, connector.metrics, result.access);
      const push = await this.#pushState(shop, connector.pushes, result.access, found > 0);
      return Date.now() + (push === 'off' ? Math.min(this.everyMs, UNTOLD_MS) : this.everyMs);
    }
    return Date.now();
  }

  /** Asks now and then how the platform rates the shop. Nobody waits for it: who is busy is asked again after the next sweep. */
  async #rate(shop: Shop, metrics: Metrics | undefined, access: Access): Promise<void> {
    if (metrics === undefined) return;
    const askedAt = await this.database.tenant(shop.tenantId, (tx) => metricsReadAt(tx, shop.id));
    if (askedAt !== null && askedAt > Date.now() - METRICS_EVERY_MS) return;
    const answer = await metrics.read(access);
    if (answer.kind === 'later') return;
    const figures = answer.kind === 'read' ? answer.value : [];
    await this.database.tenant(shop.tenantId, (tx) => saveMetrics(tx, shop.id, figures, Date.now()));
  }

  /**
   * Whether the platform says that it still tells us anything. It is asked as seldom as for its figures, but at once where a sweep found
   * what nobody had told of, and after each sweep until all is well again.
   */
  async #pushState(
    shop: Shop,
    pushes: Pushes | undefined,
    access: Access,
    foundSomething: boolean,
  ): Promise<PushState | null> {
    if (pushes === undefined) return null;
    const before = await this.database.tenant(shop.tenantId, (tx) => pushStateRead(tx, shop.id));
    const isWell = before !== null && (before.state ?? 'on') === 'on';
    if (isWell && !foundSomething && before.at > Date.now() - METRICS_EVERY_MS) return before.state;
    const answer = await pushes.state(access);
    if (answer.kind === 'later' || answer.kind === 'unauthorised') return before?.state ?? null;
    const state = answer.kind === 'read' ? answer.value : null;
    await this.database.tenant(shop.tenantId, (tx) => savePushState(tx, shop.id, { state, at: Date.now() }));
    return state;
  }

  async #later(
    shop: Shop,
    answer: { readonly kind: string; readonly code?: string; readonly retryAfterMs?: number | null },
  ): Promise<number> {
    await this.accounts.note(shop, answer.code ?? (answer.kind === 'absent' ? 'http_404' : 'answer_unreadable'));
    return Date.now() + Math.max(answer.retryAfterMs ?? 0, RETRY_MS);
  }

  /**
   * Conversations are read each time they turn up, because they may have grown; other things once, unless there is more of them or
   * they were given up (`keepHints`). At its end a sweep has shown what the platform takes for unanswered: what it does not show any
   * more is read too.
   *
   * @returns how much of it is new
   */
  async #keep(shop: Shop, reading: Reading, { hints, next, keep }: Changes): Promise<number> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      const at = Date.now();
      const ask = (some: readonly Hint[], again: boolean): Promise<number> =>
        keepHints(tx, keys, shop.id, some, { origin: 'sweep', at, again });
      const isGrowing = ({ grows }: Hint): boolean => grows === true;
      let found = await ask(hints.filter(isGrowing), true);
      found += await ask(
        hints.filter((hint) => !isGrowing(hint)),
        false,
      );
      // A sweep that goes on from where the last one ended shows only what is new.
      const showsAll = next === null && (keep ?? null) === null;
      const before = showsAll ? await sweptBefore(tx, shop.id) : null;
      if (before !== null) await ask(await unlistedHints(tx, this.vault, shop.id, reading, before), true);
      await moveSweep(tx, shop.id, { cursor: next ?? keep ?? null, ended: next === null, at });
      if (next === null || found > 0) await logSync(tx, shop.id, { ...SWEPT, found, at });
      return found;
    });
  }
}
