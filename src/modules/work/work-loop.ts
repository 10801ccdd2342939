import { beginTrace, runWithLogContext } from '../../platform/log/index.js';
import { reach } from '../../platform/kill-point/index.js';
import type { Log } from '../../platform/log/index.js';
import { processNudges } from './nudges.js';
import { LEASE_SECONDS } from './work-queue.js';
import type { WorkItem, WorkKind, WorkQueue } from './work-queue.js';

/**
 * Does one item. Returns when to do it again (epoch ms), or null when it is done. What takes for ever ends when `stopping` says that the
 * loop is being stopped.
 */
export type WorkHandler = (item: WorkItem, stopping: AbortSignal) => Promise<number | null>;

export type WorkLoopOptions = {
  readonly name: string;
  readonly handlers: Readonly<Partial<Record<WorkKind, WorkHandler>>>;
  /** Items worked on at once. */
  readonly concurrency: number;
  /** Items of one shop worked on at once; as many as there are when not given. */
  readonly perShop?: number;
  /** How long an item stays ours without a sign of life, in seconds. */
  readonly leaseSeconds?: number;
  /** How long an item in hand may take before it counts as hanging, in ms. */
  readonly renewedForMs?: number;
};

/** An item in hand for longer hangs, unless it is meant to take long, and others may try. */
const RENEWED_FOR_MS = 300_000;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;

/**
 * Takes due items of some kinds and does them, for ever. A nudge after a commit makes it look at once; the queue's poll nudges
 * for what falls due and for what other processes asked for. An item that fails is tried again with growing pauses, never dropped.
 */
export class WorkLoop {
  readonly #kinds: readonly WorkKind[];
  readonly #active = new Map<Promise<void>, { readonly item: WorkItem; readonly since: number }>();
  readonly #leaseSeconds: number;
  #renewal: NodeJS.Timeout | null = null;
  #running = false;
  #stopping = new AbortController();
  #wake: (() => void) | null = null;
  #nudged = false;
  #loop: Promise<void> | null = null;
  #unregister: readonly (() => void)[] = [];
  #failures = 0;

  constructor(
    private readonly queue: WorkQueue,
    private readonly options: WorkLoopOptions,
    private readonly log: Log,
  ) {
    this.#kinds = Object.keys(options.handlers) as WorkKind[];
    this.#leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#stopping = new AbortController();
    this.#unregister = [...this.#kinds.map((kind) => processNudges.register(kind, this)), this.queue.poll.join()];
    this.#renewal = setInterval(() => void this.#renew(), (this.#leaseSeconds * 1_000) / 3);
    this.#loop = this.#run();
  }

  get database(): object {
    return this.queue.database;
  }

  /** Looks at once; cheap, and may be called for nothing. */
  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  hasRoom(shopId: string | null): boolean {
    return this.#running && this.#active.size < this.options.concurrency && !this.#isFullFor(shopId);
  }

  /** Begins an item that was taken as it was asked for. */
  hand(item: WorkItem): void {
    if (this.hasRoom(item.shopId)) return this.#begin(item);
    // If it cannot be given back, its lease ends.
    void this.queue.postpone(item, item.dueAt).then(
      () => this.nudge(),
      () => undefined,
    );
  }

  /** Takes nothing more and waits for what is being done. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopping.abort();
    for (const unregister of this.#unregister) unregister();
    this.#wake?.();
    await this.#loop;
    await Promise.all(this.#active.keys());
    if (this.#renewal !== null) clearInterval(this.#renewal);
  }

  async #run(): Promise<void> {
    while (this.#running) {
      this.#nudged = false;
      if (!(await this.#take())) await this.#pause();
    }
  }

  /** Takes what is due; true when there may be more at once. */
  async #take(): Promise<boolean> {
    const free = this.options.concurrency - this.#active.size;
    if (free <= 0) return false;
    try {
      const room = { limit: free, perShop: this.options.perShop, busy: this.#busyShops() };
      const items = await this.queue.take(this.#kinds, room, this.#leaseSeconds);
      this.#failures = 0;
      for (const item of items) this.#begin(item);
      // Fewer than asked for means that nothing more is due, unless a shop that has no more room stood before the others.
      const more = items.length === free || items.some((item) => this.#isFullFor(item.shopId));
      return more && this.#active.size < this.options.concurrency;
    } catch (error) {
      this.#failures += 1;
      // The database is away; one line a while is enough.
      if (this.#failures === 1 || this.#failures % 60 === 0)
        this.log.warn({ err: error, loop: this.options.name }, 'work queue unreachable');
      return false;
    }
  }

  #begin(item: WorkItem): void {
    const { tenantId, inquiryId } = item;
    const context = { tenantId, traceId: beginTrace().traceId, ...(inquiryId === null ? {} : { inquiryId }) };
    const work = runWithLogContext(context, () => this.#do(item)).finally(() => {
      const wasFull = this.#active.size >= this.options.concurrency || this.#isFullFor(item.shopId);
      this.#active.delete(work);
      if (wasFull) this.nudge();
    });
    this.#active.set(work, { item, since: Date.now() });
  }

  #busyShops(): string[] {
    return [...this.#active.values()].flatMap(({ item }) => item.shopId ?? []);
  }

  /** Whether a shop has as many in hand as it may. */
  #isFullFor(shopId: string | null): boolean {
    const { perShop = Infinity } = this.options;
    return shopId !== null && this.#busyShops().filter((shop) => shop === shopId).length >= perShop;
  }

  async #renew(): Promise<void> {
    const { renewedForMs = RENEWED_FOR_MS } = this.options;
    const alive = [...this.#active.values()].filter(({ since }) => since > Date.now() - renewedForMs);
    if (alive.length === 0) return;
    const items = alive.map(({ item }) => item);
    // A database that is away renews nothing, and nobody else can take anything from it either.
    await this.queue.renew(items, this.#leaseSeconds).catch(() => undefined);
  }

  async #do(item: WorkItem): Promise<void> {
    let again: number | null;
    try {
      again = (await this.options.handlers[item.kind]?.(item, this.#stopping.signal)) ?? null;
      reach(`${item.kind}.before-done`);
    } catch (error) {
      this.log.warn({ err: error, loop: this.options.name, kind: item.kind }, 'work failed');
      again = Date.now() + backoff(item.attempts);
    }
    await this.#giveBack(item, again);
  }

  /** Until it is given back an item is nobody else's: a database that is away for a second must not cost a whole lease. */
  async #giveBack(item: WorkItem, again: number | null): Promise<void> {
    for (;;) {
      try {
        return await (again === null ? this.queue.done(item) : this.queue.postpone(item, again));
      } catch {
        if (!this.#running) return;
        await new Promise((resolve) => setTimeout(resolve, MIN_BACKOFF_MS));
      }
    }
  }

  async #pause(): Promise<void> {
    if (this.#nudged || !this.#running) return;
    await new Promise<void>((resolve) => {
      const wait = Math.min(1_000, MIN_BACKOFF_MS * this.#failures);
      const timer = this.#failures === 0 ? undefined : setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

/** Growing pause with jitter, so that a crowd of failed items does not come back at one instant. */
function backoff(attempts: number): number {
  const full = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(attempts, 10));
  return full / 2 + Math.random() * (full / 2);
}
