import type { Database } from '../../platform/database/index.js';
import { eventsAfter, streamReach } from './placed-events.js';
import type { PlacedEvent, StreamReach } from './placed-events.js';

/** Events read from the database at a time. */
const PAGE = 500;

/** Newest events kept in memory, so that many followers cost one read. */
const KEPT = 1_000;

/** The stream of one tenant as this process has read it, shared by everybody who follows it. */
export class TenantFeed {
  readonly #recent: PlacedEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #last: number | null = null;
  #refreshing: Promise<void> | null = null;
  #again = false;

  constructor(
    private readonly database: Database,
    private readonly tenantId: string,
  ) {}

  /** How far the stream reaches; read by everybody who begins to follow. */
  async reach(): Promise<StreamReach> {
    const reach = await this.database.tenant(this.tenantId, streamReach);
    this.#last ??= reach.last;
    return reach;
  }

  /** Reads what is new and wakes whoever waits; calls that come together share the work. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Events after a position, oldest first; none when there is nothing new. */
  async after(position: number): Promise<readonly PlacedEvent[]> {
    if (this.#last === null || position >= this.#last) return [];
    const oldest = this.#recent[0];
    if (oldest !== undefined && oldest.position <= position + 1) {
      return this.#recent.filter((event) => event.position > position);
    }
    return this.database.tenant(this.tenantId, (tx) => eventsAfter(tx, position, PAGE));
  }

  /** Resolves when there may be something after `position`, when `signal` is aborted, or after `timeoutMs`. */
  async change(position: number, signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (signal.aborted || (this.#last !== null && position < this.#last)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }

  async #refresh(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const from = this.#last;
      if (from === null) return;
      const events = await this.database.tenant(this.tenantId, (tx) => eventsAfter(tx, from, PAGE));
      if (events.length === 0) continue;
      this.#recent.push(...events);
      this.#recent.splice(0, this.#recent.length - KEPT);
      this.#last = events.at(-1)?.position ?? from;
      this.#again ||= events.length === PAGE;
      for (const wake of [...this.#waiting]) wake();
    }
  }
}
