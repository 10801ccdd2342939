import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { requestWork } from '../work/index.js';
import type { Hint } from './connector.js';

export type HintOrigin = 'notice' | 'sweep';

/** A hint as it is kept. */
export type KeptHint = { readonly shopId: string; readonly hint: Hint; readonly tries: number };

/**
 * Keeps what is to be read and asks for it to be read. What a notice names is read each time it is named; what a sweep finds only
 * when it is new, or `again` says so, because a sweep finds the same things over and over.
 *
 * @returns how many were not known before
 */
export async function keepHints(
  tx: Tx,
  keys: Keys,
  shopId: string,
  hints: readonly Hint[],
  {
    origin,
    at,
    again = origin === 'notice',
  }: { readonly origin: HintOrigin; readonly at: number; readonly again?: boolean },
): Promise<number> {
  const rows = hints.map((hint) => ({ ...hint, id: derivedId(shopId, 'hint', hint.kind, hint.resource) }));
  const fresh = await tx.query<{ id: string }>(
    `insert into channel_hint (tenant_id, id, shop_id, kind, resource, origin, seen_at)
     select $1, h.id, $2, h.kind, h.resource, $6, $7
       from unnest($3::uuid[], $4::text[], $5::bytea[]) as h (id, kind, resource)
     on conflict (tenant_id, id) do nothing returning id`,
    [
      tx.tenantId,
      shopId,
      rows.map((row) => row.id),
      rows.map((row) => row.kind),
      rows.map((row) => keys.seal(placeOf(row.id), row.resource)),
      origin,
      instant(at),
    ],
  );
  const isFresh = new Set(fresh.map(({ id }) => id));
  const wanted = rows.filter(({ id }) => again || isFresh.has(id));
  await requestWork(
    tx,
    wanted.map(({ id }) => ({ kind: 'fetch', ref: id, shopId, dueAt: at })),
  );
  return fresh.length;
}

/** A kept hint, or null when it has been tidied away. */
export async function readHint(tx: Tx, keys: Keys, id: string): Promise<KeptHint | null> {
  const row = await tx.first<{ shopId: string; kind: string; resource: Buffer; tries: number }>(
    'select shop_id as "shopId", kind, resource, tries from channel_hint where tenant_id = $1 and id = $2',
    [tx.tenantId, id],
  );
  if (!row) return null;
  const resource = keys.open(placeOf(id), row.resource) ?? '';
  return { shopId: row.shopId, hint: { kind: row.kind, resource }, tries: row.tries };
}

/** Notes what came of reading a hint; `news` = messages that nobody had told us of before. */
export async function noteHint(
  tx: Tx,
  id: string,
  result: { readonly outcome: string; readonly done: boolean; readonly news: number; readonly at: number },
): Promise<void> {
  await tx.post(
    `update channel_hint set outcome = $3, read_at = case when $4 then $5::timestamptz else read_at end,
            tries = case when $4 then 0 else tries + 1 end, news = news + $6
      where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, result.outcome, result.done, instant(result.at), result.news],
  );
}

/** Asks for everything of a shop that was never read, for example after a new consent. */
export async function requestUnread(tx: Tx, shopId: string, at: number): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    'select id from channel_hint where tenant_id = $1 and shop_id = $2 and read_at is null',
    [tx.tenantId, shopId],
  );
  await requestWork(
    tx,
    rows.map(({ id }) => ({ kind: 'fetch', ref: id, shopId, dueAt: at })),
  );
}

/** What it names belongs to the tenant: whose words it leads to is not known yet. */
function placeOf(id: string): Place {
  return { owner: 'tenant', table: 'channel_hint', column: 'resource', row: id };
}
