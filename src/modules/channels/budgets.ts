import type { Buckets } from '../../platform/rates/index.js';
import { SharedBudget } from './shared-budget.js';
import type { Allowance } from './shared-budget.js';

/** What a platform counts requests by. */
export type Application = {
  readonly channel: string;
  /** The application's; null where each account is counted by itself, as a phone number. */
  readonly id: string | null;
  /** For each group of endpoints. */
  readonly allowance: Allowance;
};

/** What each platform lets the application of this installation ask. */
export class Budgets {
  readonly #applications: ReadonlyMap<string, Application>;

  constructor(
    private readonly buckets: Buckets,
    applications: readonly Application[],
  ) {
    this.#applications = new Map(applications.map((application) => [application.channel, application]));
  }

  /** Channels whose platform counts what the application asks, for all accounts together. */
  get channels(): readonly string[] {
    return [...this.#applications.values()].filter(({ id }) => id !== null).map(({ channel }) => channel);
  }

  /**
   * The budget with a channel's platform; null where nobody counts, or nobody is asked.
   *
   * @param account the platform's id of the shop, where it counts by that; null while nobody knows it
   */
  find(channel: string, account: string | null = null): SharedBudget | null {
    const application = this.#applications.get(channel);
    if (application === undefined) return null;
    const { id, allowance } = application;
    return new SharedBudget(this.buckets, `${channel}|${id ?? account ?? ''}`, allowance);
  }

  /** The budget with the platform of a channel that has one. @throws Error naming the channel */
  of(channel: string, account: string | null = null): SharedBudget {
    const budget = this.find(channel, account);
    if (budget === null) throw new Error(`Nothing counts what is asked of ${channel}`);
    return budget;
  }
}
