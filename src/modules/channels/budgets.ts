import type { Buckets } from '../../platform/rates/index.js';
import { SharedBudget } from './shared-budget.js';

/** What a platform counts requests by. */
export type Application = { readonly channel: string; readonly id: string; readonly perMinute: number };

/** What each platform lets the application of this installation ask. */
export class Budgets {
  readonly #budgets: ReadonlyMap<string, SharedBudget>;

  constructor(buckets: Buckets, applications: readonly Application[]) {
    this.#budgets = new Map(
      applications.map(({ channel, id, perMinute }) => [
        channel,
        new SharedBudget(buckets, `${channel}|${id}`, perMinute),
      ]),
    );
  }

  /** Channels whose platform counts what it is asked. */
  get channels(): readonly string[] {
    return [...this.#budgets.keys()];
  }

  /** The budget with a channel's platform; null where nobody counts, or nobody is asked. */
  find(channel: string): SharedBudget | null {
    return this.#budgets.get(channel) ?? null;
  }

  /** The budget with the platform of a channel that has one. @throws Error naming the channel */
  of(channel: string): SharedBudget {
    const budget = this.find(channel);
    if (budget === null) throw new Error(`Nothing counts what is asked of ${channel}`);
    return budget;
  }
}
