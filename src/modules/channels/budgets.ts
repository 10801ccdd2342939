import type { ChannelsConfig } from '../../platform/config/index.js';
import type { Buckets } from '../../platform/rates/index.js';
import { SharedBudget } from './shared-budget.js';

/** What each platform lets the application of this installation ask. */
export class Budgets {
  readonly #budgets: ReadonlyMap<string, SharedBudget>;

  constructor(buckets: Buckets, { mercadolivre }: ChannelsConfig) {
    this.#budgets = new Map(
      mercadolivre === undefined
        ? []
        : [
            [
              'mercadolivre',
              new SharedBudget(buckets, `mercadolivre|${mercadolivre.clientId}`, mercadolivre.perMinute),
            ],
          ],
    );
  }

  /** The budget with a channel's platform; null where nobody counts, or nobody is asked. */
  of(channel: string): SharedBudget | null {
    return this.#budgets.get(channel) ?? null;
  }
}
