import type pg from 'pg';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';

/**
 * What a loop may have to do for an inquiry, a conversation or a tenant:
 * - `ring`: tell the inquiry's workflow that its inbox has rows (also its safety net when a wake is overdue),
 * - `sweep`: apply deadlines that nobody is woken for,
 * - `lease`: end leases and offers that ran out,
 * - `dispatch`: deliver the next message of a conversation,
 * - `sequence`: give committed records their position,
 * - `archive`: keep a copy of a closed inquiry's engine history.
 */
export type WorkKind = 'ring' | 'sweep' | 'lease' | 'dispatch' | 'sequence' | 'archive';

/** One row of the queue: ids only, readable across tenants. `ref` is unique per kind. */
export type WorkItem = {
  readonly kind: WorkKind;
  readonly ref: string;
  readonly tenantId: string;
  readonly inquiryId: string | null;
  readonly dueAt: number;
  readonly version: number;
  readonly attempts: number;
};

export type WorkRequest = {
  readonly kind: WorkKind;
  readonly ref: string;
  readonly inquiryId?: string | null;
  /** Epoch ms. */
  readonly dueAt: number;
  /** `earliest` (default) never delays what is already queued; `exact` sets the time. */
  readonly mode?: 'earliest' | 'exact';
};

const TAKE = `
  update work_queue w
     set lease_until = clock_timestamp() + make_interval(secs => $3), attempts = w.attempts + 1
    from (select kind, ref from work_queue
           where due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
             and kind = any($1)
           order by due_at limit $2 for update skip locked) due
   where w.kind = due.kind and w.ref = due.ref
  returning w.kind, w.ref, w.tenant_id as "tenantId", w.inquiry_id as "inquiryId", w.due_at as "dueAt",
            w.version, w.attempts`;

const INSERT = `
  insert into work_queue as w (kind, ref, tenant_id, inquiry_id, due_at, exact)
  select r.kind, r.ref, $1, r.inquiry_id, r.due_at, r.exact
    from unnest($2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bool[])
         as r (kind, ref, inquiry_id, due_at, exact)
  on conflict (kind, ref) do update set version = w.version + 1, attempts = 0,
    due_at = case when excluded.exact then excluded.due_at else least(w.due_at, excluded.due_at) end`;

/** What a transaction has asked for so far; one statement writes it, right before the commit. */
const asked = new WeakMap<Tx, Map<string, WorkRequest>>();

const nameOf = (kind: WorkKind, ref: string): string => `${kind} ${ref}`;

/**
 * Asks for work inside the transaction that makes it necessary. A request for something already queued brings its due time
 * forward (`earliest`) or sets it (`exact`, for timers that also move back), and starts a new version so that a loop that
 * is busy with the old one does not delete it. What is due already nudges the loops of this process after the commit.
 *
 * @returns at once; a promise, so that it reads like every other step of a transaction
 */
export function requestWork(tx: Tx, requests: readonly WorkRequest[]): Promise<void> {
  if (requests.length === 0) return Promise.resolve();
  const known = asked.get(tx) ?? new Map<string, WorkRequest>();
  if (!asked.has(tx)) {
    asked.set(tx, known);
    tx.beforeCommit(() => writeRequests(tx));
  }
  for (const request of requests) {
    const name = nameOf(request.kind, request.ref);
    known.set(name, merged(known.get(name), request));
  }
  return Promise.resolve();
}

/** The one request that does what two, one after the other, would. */
function merged(first: WorkRequest | undefined, then: WorkRequest): WorkRequest {
  if (first === undefined || then.mode === 'exact') return then;
  return { ...first, dueAt: Math.min(first.dueAt, then.dueAt) };
}

async function writeRequests(tx: Tx): Promise<void> {
  // In the same order in every transaction, so that two of them cannot wait for each other.
  const requests = [...(asked.get(tx) ?? [])].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
  asked.delete(tx);
  if (requests.length === 0) return;
  await tx.post(INSERT, [
    tx.tenantId,
    requests.map((request) => request.kind),
    requests.map((request) => request.ref),
    requests.map((request) => request.inquiryId ?? null),
    requests.map((request) => instant(request.dueAt)),
    requests.map((request) => request.mode === 'exact'),
  ]);
  nudgeAfterCommit(tx, requests);
}

function nudgeAfterCommit(tx: Tx, requests: readonly WorkRequest[]): void {
  const now = Date.now();
  const due = new Set(requests.filter((request) => request.dueAt <= now).map((request) => request.kind));
  for (const kind of due) tx.afterCommit(() => processNudges.nudge(kind));
}

/** Withdraws requests that have become pointless, inside the transaction that made them so. */
export async function withdrawWork(tx: Tx, kinds: readonly WorkKind[], ref: string): Promise<void> {
  for (const kind of kinds) asked.get(tx)?.delete(nameOf(kind, ref));
  await tx.post('delete from work_queue where kind = any($1) and ref = $2 and tenant_id = $3', [
    kinds,
    ref,
    tx.tenantId,
  ]);
}

/** The queue as the loops see it, over the login that may read nothing else. */
export class WorkQueue {
  readonly #pool: pg.Pool;
  #leaving: WorkItem[] = [];
  #nextLeave: Promise<void> | null = null;
  #lastLeave: Promise<void> = Promise.resolve();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Takes up to `limit` due items for `leaseSeconds`; another process gets them again after that. */
  async take(kinds: readonly WorkKind[], limit: number, leaseSeconds: number): Promise<WorkItem[]> {
    const result = await this.#pool.query<WorkItem>(TAKE, [kinds, limit, leaseSeconds]);
    return result.rows;
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
    await this.#pool.query(
      `with d as (select * from unnest($1::text[], $2::uuid[], $3::int[]) as d (kind, ref, version)),
            gone as (delete from work_queue w using d where w.kind = d.kind and w.ref = d.ref and w.version = d.version)
       update work_queue w set lease_until = null from d
        where w.kind = d.kind and w.ref = d.ref and w.version <> d.version`,
      [items.map((item) => item.kind), items.map((item) => item.ref), items.map((item) => item.version)],
    );
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

  /** How many items are due and taken by nobody, per kind that has any. */
  async dueByKind(): Promise<{ readonly kind: WorkKind; readonly count: number }[]> {
    const result = await this.#pool.query<{ kind: WorkKind; count: number }>(
      `select kind, count(*)::int as count from work_queue
        where due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp()) group by kind`,
    );
    return result.rows;
  }

  /** Age in ms of the oldest item that is due, 0 when nothing is. */
  async oldestDueMs(): Promise<number> {
    const result = await this.#pool.query<{ age: number }>(
      `select coalesce(extract(epoch from clock_timestamp() - min(due_at)) * 1000, 0)::float8 as age
         from work_queue where due_at <= clock_timestamp()`,
    );
    return Math.max(0, result.rows[0]?.age ?? 0);
  }
}
