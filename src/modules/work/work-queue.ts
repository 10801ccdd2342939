import type pg from 'pg';
import { instant } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';
import { WorkPoll } from './work-poll.js';

/**
 * What a loop may have to do for an inquiry, a conversation or a tenant:
 * - `ring`: tell the inquiry's workflow that its inbox has rows (also its safety net when a wake is overdue),
 * - `sweep`: apply deadlines that nobody is woken for,
 * - `lease`: end leases and offers that ran out,
 * - `dispatch`: deliver the next message of a conversation,
 * - `call`: ask an outside system, or look for what became of it,
 * - `sequence`: give committed records their position,
 * - `archive`: keep a copy of a closed inquiry's engine history,
 * - `notice`: tell a member whose quiet hours are over,
 * - `notify`: tell a member by mail or webhook,
 * - `migration`: bring the next inquiries of a migration onto another version of their definition,
 * - `fetch`: read something of a platform that it hinted at,
 * - `catch_up`: the same for what a sweep found, for which nobody waits,
 * - `reconcile`: look for what a platform did not tell,
 * - `watch`: stay with a platform that tells whoever waits for it, for as long as it lasts,
 * - `attachment`: fetch a file that came with a message, or delete one that is not wanted any more.
 */
export type WorkKind =
  | 'ring'
  | 'sweep'
  | 'lease'
  | 'dispatch'
  | 'call'
  | 'sequence'
  | 'archive'
  | 'notice'
  | 'notify'
  | 'migration'
  | 'fetch'
  | 'catch_up'
  | 'reconcile'
  | 'watch'
  | 'attachment';

/** One row of the queue: ids only, readable across tenants. `ref` is unique per kind. */
export type WorkItem = {
  readonly kind: WorkKind;
  readonly ref: string;
  readonly tenantId: string;
  readonly inquiryId: string | null;
  /** Whose channel it waits for; null for what waits for nobody outside. */
  readonly shopId: string | null;
  readonly dueAt: number;
  readonly version: number;
  readonly attempts: number;
};

/** What a loop can take now. */
export type Room = {
  /** Items at most. */
  readonly limit: number;
  /** Of one shop, those in hand included; undefined = as many as there are. */
  readonly perShop?: number | undefined;
  /** The shop of each item in hand that has one. */
  readonly busy?: readonly string[];
};

/**
 * Of shops that have no room left nothing is looked at, so that their backlog hides nobody behind it. What is not due is not
 * looked at either: each open inquiry has work that waits for its time.
 */
const TAKE = `
  update work_queue w
     set lease_until = clock_timestamp() + make_interval(secs => $3), attempts = w.attempts + 1
    from (select kind, ref, shop_id, row_number() over (partition by shop_id order by due_at) as place
            from (select kind, ref, shop_id, due_at from work_queue
                   where due_at <= statement_timestamp() and (lease_until is null or lease_until < statement_timestamp())
                     and kind = any($1) and (shop_id is null or shop_id <> all($5::uuid[]))
                   order by due_at limit $2 for update skip locked) seen) due
   where w.kind = due.kind and w.ref = due.ref
     and (due.shop_id is null or $6::int is null
          or due.place + (select count(*) from unnest($4::uuid[]) b (shop_id) where b.shop_id = due.shop_id) <= $6::int)
  returning w.kind, w.ref, w.tenant_id as "tenantId", w.inquiry_id as "inquiryId", w.shop_id as "shopId",
            w.due_at as "dueAt", w.version, w.attempts`;

/**
 * Only what is still taken, and nothing that anybody works on this moment: renewing waits for nobody. What is in hand for hours would
 * stand before everything else that is due: it is due again when nobody renews it.
 */
const RENEW = `
  update work_queue w
     set lease_until = clock_timestamp() + make_interval(secs => $3),
         due_at = case when w.kind = 'watch' then clock_timestamp() + make_interval(secs => $3) else w.due_at end
    from (select q.kind, q.ref from work_queue q join unnest($1::text[], $2::uuid[]) as h (kind, ref)
              on q.kind = h.kind and q.ref = h.ref
           where q.lease_until is not null for update of q skip locked) held
   where w.kind = held.kind and w.ref = held.ref`;

/**
 * Items of a shop wait for its channel while others of it are being done; that they are old is nobody else's trouble. Nor is what nobody
 * has room to stay with: sweeps look there.
 */
const OLDEST_DUE = `
  select coalesce(extract(epoch from clock_timestamp() - min(w.due_at)) * 1000, 0)::float8 as age
    from work_queue w
   where w.due_at <= statement_timestamp() and w.kind <> 'watch'
     and not exists (select from work_queue b where b.kind = w.kind and b.shop_id = w.shop_id
                        and b.lease_until >= statement_timestamp())`;

/**
 * What a process that died had in hand others take up after this. Renewed while the item is being done; two that do the same
 * one, because a process stood still for longer, are no harm: every handler commits what it does under locks of its own.
 */
export const LEASE_SECONDS = 10;

/** The queue as the loops see it, over the login that may read nothing else. */
export class WorkQueue {
  /** Nudges the loops of this process for what is due. */
  readonly poll = new WorkPoll(() => this.#dueKinds());
  readonly #pool: pg.Pool;
  #leaving: WorkItem[] = [];
  #nextLeave: Promise<void> | null = null;
  #lastLeave: Promise<void> = Promise.resolve();

  /** @param database whose work it is */
  constructor(
    pool: pg.Pool,
    readonly database: object,
  ) {
    this.#pool = pool;
  }

  /** Takes due items for `leaseSeconds`, the oldest first; another process gets them again after that. */
  async take(kinds: readonly WorkKind[], room: Room, leaseSeconds: number): Promise<WorkItem[]> {
    const { limit, perShop = null, busy = [] } = room;
    const full = perShop === null ? [] : [...new Set(busy)].filter((shop) => count(busy, shop) >= perShop);
    const result = await this.#pool.query<WorkItem>(TAKE, [kinds, limit, leaseSeconds, busy, full, perShop]);
    return result.rows;
  }

  /** Keeps items in hand for another `leaseSeconds`. */
  async renew(items: readonly WorkItem[], leaseSeconds: number): Promise<void> {
    await this.#pool.query(RENEW, [items.map((item) => item.kind), items.map((item) => item.ref), leaseSeconds]);
  }

  /**
   * Removes an item that is done, unless somebody asked again meanwhile: then only the lease ends. Items that come while
   * others are on their way leave together.
   */
  async done(item: WorkItem): Promise<void> {
    this.#leaving.push(item);
    await (this.#nextLeave ??= this.#leave());
  }

  async #leave(): Promise<void> {
    await this.#lastLeave.catch(() => undefined);
    const items = this.#leaving;
    this.#leaving = [];
    this.#nextLeave = null;
    await (this.#lastLeave = this.#remove(items));
  }

  async #remove(items: readonly WorkItem[]): Promise<void> {
    const { rows } = await this.#pool.query<{ kind: WorkKind }>(
      `with d as (select * from unnest($1::text[], $2::uuid[], $3::int[]) as d (kind, ref, version)),
            gone as (delete from work_queue w using d where w.kind = d.kind and w.ref = d.ref and w.version = d.version)
       update work_queue w set lease_until = null from d
        where w.kind = d.kind and w.ref = d.ref and w.version <> d.version
       returning w.kind`,
      [items.map((item) => item.kind), items.map((item) => item.ref), items.map((item) => item.version)],
    );
    // Asked for again while it was in hand.
    for (const { kind } of rows) processNudges.nudge(kind);
  }

  /** Gives an item back to be taken again at `dueAt` (epoch ms), unless somebody asked for it sooner. */
  async postpone(item: WorkItem, dueAt: number): Promise<void> {
    await this.#pool.query(
      `update work_queue set lease_until = null,
              due_at = case when version = $3 then $4::timestamptz else least(due_at, $4::timestamptz) end
        where kind = $1 and ref = $2`,
      [item.kind, item.ref, item.version, instant(dueAt)],
    );
  }

  async #dueKinds(): Promise<WorkKind[]> {
    const { rows } = await this.#pool.query<{ kind: WorkKind }>(
      `select distinct kind from work_queue
        where due_at <= statement_timestamp() and (lease_until is null or lease_until < statement_timestamp())`,
    );
    return rows.map(({ kind }) => kind);
  }

  /** How many items are due and taken by nobody, per kind that has any. */
  async dueByKind(): Promise<{ readonly kind: WorkKind; readonly count: number }[]> {
    const result = await this.#pool.query<{ kind: WorkKind; count: number }>(
      `select kind, count(*)::int as count from work_queue
        where due_at <= statement_timestamp() and (lease_until is null or lease_until < statement_timestamp()) group by kind`,
    );
    return result.rows;
  }

  /** Age in ms of the oldest item that is due, 0 when nothing is; those that wait behind others of their shop do not count. */
  async oldestDueMs(): Promise<number> {
    const result = await this.#pool.query<{ age: number }>(OLDEST_DUE);
    return Math.max(0, result.rows[0]?.age ?? 0);
  }
}

function count(shops: readonly string[], shop: string): number {
  return shops.filter((other) => other === shop).length;
}
