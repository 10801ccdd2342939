import type { Budgets, Connectors } from '../channels/index.js';
import type { ShopDirectory } from '../shop/index.js';
import type { WorkItem } from '../work/index.js';
import type { HintReader } from './hint-reader.js';

/** How long what nobody waits for rests when requests have become scarce, in ms: at least this, at most twice as long. */
const REST_MS = 1_500;

/**
 * Reads what sweeps found, which may be thousands of things after an outage. It has slots of its own in the loops and asks for nothing
 * while half of what may be asked at once is gone: whoever writes now is read now.
 */
export class Backlog {
  constructor(
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
    private readonly budgets: Budgets,
    private readonly reader: HintReader,
  ) {}

  /** Handles one `catch_up` item (a kept hint); returns when to look again (epoch ms), or null. */
  async handle(item: WorkItem): Promise<number | null> {
    const shop = item.shopId === null ? null : await this.shops.find(item.shopId);
    const groups = this.connectors.of(shop?.channel ?? '')?.groups ?? [];
    const isShort = (await this.budgets.find(shop?.channel ?? '')?.isShort(groups)) ?? false;
    return isShort ? Date.now() + REST_MS * (1 + Math.random()) : this.reader.handle(item);
  }
}
