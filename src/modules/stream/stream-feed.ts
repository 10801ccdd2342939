import type { Database } from '../../platform/database/index.js';
import type { Log } from '../../platform/log/index.js';
import type { PlacedEvent } from './placed-events.js';
import { TenantFeed } from './tenant-feed.js';

/** What a follower gets. */
export type FeedItem =
  /** Where following begins: nothing up to `position` will come. */
  | { readonly kind: 'begin'; readonly position: number }
  /** The position asked for is unknown or no longer kept: what is shown must be read again; it goes on at `position`. */
  | { readonly kind: 'reset'; readonly position: number }
  | { readonly kind: 'event'; readonly event: PlacedEvent }
  /** Nothing for a while. Everything up to `position` has been seen, even if none of it was for this follower. */
  | { readonly kind: 'heartbeat'; readonly position: number };

export type Following = {
  readonly tenantId: string;
  /** Position of the last event the follower has; null = from now on; anything that is no position = unknown. */
  readonly lastEventId: string | null;
  /** Whether this follower may see an event. */
  readonly allows: (event: PlacedEvent) => boolean;
  /** Ends the following. */
  readonly signal: AbortSignal;
};

const HEARTBEAT_MS = 15_000;

/** How often events are looked for that another process placed. */
const POLL_MS = 1_000;

type Shared = { readonly feed: TenantFeed; followers: number };

/** Fans the placed events of each tenant out to whoever follows in this process. */
export class StreamFeed {
  readonly #tenants = new Map<string, Shared>();
  readonly #closing = new AbortController();
  #poll: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
    private readonly heartbeatMs: number = HEARTBEAT_MS,
  ) {}

  /** New positions were given to a tenant's events. */
  nudge(tenantId: string): void {
    this.#refresh(tenantId, this.#tenants.get(tenantId));
  }

  /** Follows a tenant's stream until the signal or the end of the process: every event once, in order, without a gap. */
  async *follow(following: Following): AsyncGenerator<FeedItem, void> {
    const signal = AbortSignal.any([following.signal, this.#closing.signal]);
    if (signal.aborted) return;
    const shared = this.#enter(following.tenantId);
    try {
      yield* this.#items(shared.feed, following, signal);
    } finally {
      this.#leave(following.tenantId, shared);
    }
  }

  /** Ends all following, so that the process can stop. */
  end(): void {
    this.#closing.abort();
  }

  onModuleDestroy(): void {
    this.end();
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = null;
  }

  async *#items(feed: TenantFeed, following: Following, signal: AbortSignal): AsyncGenerator<FeedItem, void> {
    const begin = await this.#begin(feed, following.lastEventId);
    yield begin;
    let { position } = begin;
    let told = Date.now();
    while (!signal.aborted) {
      for (const event of await feed.after(position)) {
        if (signal.aborted) return;
        position = event.position;
        if (!following.allows(event)) continue;
        yield { kind: 'event', event };
        told = Date.now();
      }
      const quiet = told + this.heartbeatMs - Date.now();
      if (quiet > 0) await feed.change(position, signal, quiet);
      else {
        yield { kind: 'heartbeat', position };
        told = Date.now();
      }
    }
  }

  async #begin(feed: TenantFeed, lastEventId: string | null): Promise<{ kind: 'begin' | 'reset'; position: number }> {
    const { first, last } = await feed.reach();
    if (lastEventId === null) return { kind: 'begin', position: last };
    const position = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : Number.NaN;
    const known = position <= last && position >= first - 1;
    return known ? { kind: 'begin', position } : { kind: 'reset', position: last };
  }

  #enter(tenantId: string): Shared {
    const shared = this.#tenants.get(tenantId) ?? { feed: new TenantFeed(this.database, tenantId), followers: 0 };
    shared.followers += 1;
    this.#tenants.set(tenantId, shared);
    this.#poll ??= setInterval(() => {
      for (const [id, tenant] of this.#tenants) this.#refresh(id, tenant);
    }, POLL_MS);
    return shared;
  }

  #leave(tenantId: string, shared: Shared): void {
    shared.followers -= 1;
    if (shared.followers > 0) return;
    this.#tenants.delete(tenantId);
    if (this.#tenants.size > 0 || this.#poll === null) return;
    clearInterval(this.#poll);
    this.#poll = null;
  }

  #refresh(tenantId: string, shared: Shared | undefined): void {
    shared?.feed.refresh().catch((error: unknown) => this.log.warn({ err: error, tenantId }, 'stream not read'));
  }
}
