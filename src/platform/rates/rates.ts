import type pg from 'pg';

/** What spends: a kind that has one limit, and whoever is counted under it. */
export type Spender = { readonly kind: string; readonly subject: string };

/** How the subjects are hidden in the database: addresses of people stand there as keyed hashes only. */
export type HashSubject = (text: string) => Buffer;

/** Part of a window's budget this process may spend without asking, or the news that nothing is left. */
type Lease = { left: number; readonly spent: boolean; readonly endsAt: number };

/** Leases remembered per process; beyond it the ended ones go, and then all. */
const KEPT = 50_000;

const WINDOW_SECONDS = 60;

/**
 * Of what is left, a process takes a twentieth at a time: a busy key costs one statement for many requests, and processes
 * that share its budget keep little from each other. `old` is null for a first row.
 */
const LEASE = `
  insert into rate_window as w (subject, ends_at, used)
  values ($1, now() + make_interval(secs => $3), greatest(1, $2::integer / 20))
  on conflict (subject) do update
     set used = case when w.ends_at <= now() then excluded.used
                     else greatest(w.used, least($2::integer, w.used + greatest(1, ($2::integer - w.used) / 20))) end,
         ends_at = case when w.ends_at <= now() then excluded.ends_at else w.ends_at end
  returning new.used - case when old.ends_at > now() then old.used else 0 end as granted,
            ceil(extract(epoch from new.ends_at - now()) * 1000)::integer as "leftMs"`;

/**
 * Counts against budgets per minute that all processes share. The windows lie in PostgreSQL; each process leases small parts
 * of them, so that most requests cost no statement. A window begins with its first request.
 */
export class Rates {
  readonly #leases = new Map<string, Lease>();
  readonly #asked = new Map<string, Promise<void>>();

  /** @param pool a login that may read and write the table of windows */
  constructor(
    private readonly pool: pg.Pool,
    private readonly hash: HashSubject,
  ) {}

  /**
   * Takes one from the budget.
   *
   * @param limit what may be taken in a minute
   * @returns null when there was one left, otherwise the ms until there is again
   */
  async spend(spender: Spender, limit: number): Promise<number | null> {
    const name = nameOf(spender);
    for (;;) {
      const lease = this.#current(name);
      if (lease?.spent === true) return lease.endsAt - performance.now();
      if (lease !== undefined && lease.left > 0) {
        lease.left -= 1;
        return null;
      }
      await this.#renew(name, limit);
    }
  }

  /** The ms until a budget that this process has seen used up is there again; null while nothing is known against it. */
  exhausted(spender: Spender): number | null {
    const lease = this.#current(nameOf(spender));
    return lease?.spent === true ? lease.endsAt - performance.now() : null;
  }

  /** Deletes windows that have ended; nothing depends on when. */
  async prune(): Promise<void> {
    await this.pool.query('delete from rate_window where ends_at < now()');
  }

  #current(name: string): Lease | undefined {
    const lease = this.#leases.get(name);
    return lease !== undefined && lease.endsAt > performance.now() ? lease : undefined;
  }

  /** Requests that find the lease used up together share the statement. */
  #renew(name: string, limit: number): Promise<void> {
    const asked = this.#asked.get(name);
    if (asked !== undefined) return asked;
    const asking = this.#lease(name, limit).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asking);
    return asking;
  }

  async #lease(name: string, limit: number): Promise<void> {
    const { rows } = await this.pool.query<{ granted: number; leftMs: number }>(LEASE, [
      this.hash(name),
      limit,
      WINDOW_SECONDS,
    ]);
    const { granted = 0, leftMs = WINDOW_SECONDS * 1_000 } = rows[0] ?? {};
    if (this.#leases.size >= KEPT) this.#forget();
    this.#leases.set(name, { left: granted, spent: granted <= 0, endsAt: performance.now() + Math.max(1, leftMs) });
  }

  #forget(): void {
    const now = performance.now();
    for (const [name, lease] of this.#leases) if (lease.endsAt <= now) this.#leases.delete(name);
    if (this.#leases.size >= KEPT) this.#leases.clear();
  }
}

const nameOf = ({ kind, subject }: Spender): string => `${kind}|${subject}`;
