import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';
import { LEASE_SECONDS } from './work-queue.js';
import type { WorkItem, WorkKind } from './work-queue.js';

export type WorkRequest = {
  readonly kind: WorkKind;
  readonly ref: string;
  readonly inquiryId?: string | null;
  readonly shopId?: string | null;
  /** Epoch ms. */
  readonly dueAt: number;
  /** `earliest` (default) never delays what is already queued; `exact` sets the time. */
  readonly mode?: 'earliest' | 'exact';
};

/**
 * What a loop of this process has room for is taken as it is written: nobody need look for it. What somebody has in hand stays
 * theirs; `attempts` tells which it was.
 */
const INSERT = `
  insert into work_queue as w (kind, ref, tenant_id, inquiry_id, due_at, exact, shop_id, lease_until, attempts)
  select r.kind, r.ref, $1, r.inquiry_id, r.due_at, r.exact, r.shop_id,
         case when r.taken then clock_timestamp() + make_interval(secs => $9) end, r.taken::int
    from unnest($2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bool[], $7::uuid[], $8::bool[])
         as r (kind, ref, inquiry_id, due_at, exact, shop_id, taken)
  on conflict (kind, ref) do update set version = w.version + 1,
    attempts = case when w.lease_until >= statement_timestamp() then 0 else excluded.attempts end,
    lease_until = case when w.lease_until >= statement_timestamp() then w.lease_until else excluded.lease_until end,
    due_at = case when excluded.exact then excluded.due_at else least(w.due_at, excluded.due_at) end
  returning w.kind, w.ref, w.tenant_id as "tenantId", w.inquiry_id as "inquiryId", w.shop_id as "shopId",
            w.due_at as "dueAt", w.version, w.attempts`;

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
    tx.beforeCommit(() => {
      writeRequests(tx);
      return Promise.resolve();
    });
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

function writeRequests(tx: Tx): void {
  // In the same order in every transaction, so that two of them cannot wait for each other.
  const requests = [...(asked.get(tx) ?? [])]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, each]) => each);
  asked.delete(tx);
  if (requests.length === 0) return;
  const now = Date.now();
  const takers = requests.map(({ kind, shopId = null, dueAt }) =>
    dueAt <= now ? processNudges.withRoom(kind, shopId, tx.database) : undefined,
  );
  // Not waited for: the commit goes out right behind it, and tells when it failed.
  const written = tx
    .query<WorkItem>(INSERT, [
      tx.tenantId,
      requests.map((request) => request.kind),
      requests.map((request) => request.ref),
      requests.map((request) => request.inquiryId ?? null),
      requests.map((request) => instant(request.dueAt)),
      requests.map((request) => request.mode === 'exact'),
      requests.map((request) => request.shopId ?? null),
      takers.map((taker) => taker !== undefined),
      LEASE_SECONDS,
    ])
    .catch(() => []);
  const due = new Set(requests.flatMap(({ kind, dueAt }, index) => (dueAt <= now && !takers[index] ? kind : [])));
  tx.afterCommit(() => {
    for (const kind of due) processNudges.nudge(kind);
    void written.then((items) => {
      for (const item of items) {
        const place = requests.findIndex(({ kind, ref }) => kind === item.kind && ref === item.ref);
        if (item.attempts > 0) takers[place]?.hand(item);
      }
    });
  });
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
