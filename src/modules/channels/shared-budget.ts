import type { Buckets, BucketSize } from '../../platform/rates/index.js';
import type { Budget } from './budget.js';

/** What is left for one group of endpoints. `left` counts requests; `pausedUntil` is epoch ms. */
export type BudgetLevel = {
  readonly group: string;
  readonly left: number;
  readonly of: number;
  readonly pausedUntil: number | null;
};

/** What a platform allows: so many requests in any stretch of this many ms. */
export type Allowance = { readonly requests: number; readonly windowMs: number };

/**
 * In no stretch may more be asked than the platform allows: what fills up meanwhile and what may be taken at once stay below that
 * together.
 */
const FILL_SHARE = 0.8;
const BURST_SHARE = 0.15;

/** Of what may be taken at once, this part is left to messages that go out, but never so much that nothing else gets through. */
const RESERVED_SHARE = 0.25;

/** Below this part of what may be asked at once, requests are for who waits for them. */
const SCARCE_SHARE = 0.5;

/** The budget of one application, or one account, with one platform, shared by all processes. */
export class SharedBudget implements Budget {
  readonly #size: BucketSize;
  readonly #reserve: number;

  /**
   * @param counted the channel and the id with its platform that limits are counted by
   * @param allowance what the platform allows per group
   */
  constructor(
    private readonly buckets: Buckets,
    private readonly counted: string,
    { requests, windowMs }: Allowance,
  ) {
    const perMinute = (requests * FILL_SHARE * 60_000) / windowMs;
    this.#size = { perMinute, capacity: Math.max(1, requests * BURST_SHARE) };
    // A bucket that holds less than one more than its reserve would never give anything to whoever has to leave that behind.
    this.#reserve = Math.min(this.#size.capacity * RESERVED_SHARE, this.#size.capacity - 1);
  }

  take(group: string, urgent: boolean): Promise<number | null> {
    return this.buckets.take(this.#subject(group), this.#size, urgent ? 0 : this.#reserve);
  }

  pause(group: string, ms: number): Promise<void> {
    return this.buckets.pause(this.#subject(group), ms);
  }

  /** What is left for some groups; those nobody has used are full, and of those that are shut nothing is left. */
  async levels(groups: readonly string[]): Promise<BudgetLevel[]> {
    const of = Math.floor(this.#size.capacity);
    return Promise.all(
      groups.map(async (group) => {
        const level = await this.buckets.level(this.#subject(group), this.#size);
        const pausedUntil = level?.pausedUntil ?? null;
        // It fills up while it is shut, but nobody may take any of it.
        return { group, left: pausedUntil === null ? Math.floor(level?.tokens ?? of) : 0, of, pausedUntil };
      }),
    );
  }

  /** Whether so much has been asked of any of these groups that what nobody waits for should rest. */
  async isShort(groups: readonly string[]): Promise<boolean> {
    const levels = await this.levels(groups);
    return levels.some(({ left, of, pausedUntil }) => pausedUntil !== null || left < of * SCARCE_SHARE);
  }

  #subject(group: string): string {
    return `${this.counted}|${group}`;
  }
}
