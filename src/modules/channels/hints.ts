import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { requestWork } from '../work/index.js';
import type { Hint } from './connector.js';
import { logSync } from './sync-log.js';

/** What asks for something to be read: the platform, a look for what it did not tell, or a message on its way that found it. */
export const HINT_ORIGINS = ['notice', 'sweep', 'delivery'] as const;
export type HintOrigin = (typeof HINT_ORIGINS)[number];

/** A hint as it is kept. */
export type KeptHint = {
  readonly shopId: string;
  readonly hint: Hint;
  readonly tries: number;
  /** false while it waits to be read. */
  readonly isRead: boolean;
  /** When it was last named, epoch ms: what is read is as it was after that at least. */
  readonly seenAt: number;
};

/** The id under which a hint of a shop is kept: the same hint twice is one. */
export function hintId(shopId: string, { kind, resource }: Hint): string {
  return derivedId(shopId, 'hint', kind, resource);
}

/**
 * Keeps what is to be read and asks for it to be read. What a notice names is read each time it is named; what a sweep finds only
 * when it is new, when it was given up unread or before the channel had something to tell of it, or `again` says so, because a sweep
 * finds the same things over and over. Nobody waits for what a sweep finds: it has a queue of its own.
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
    again = origin !== 'sweep',
  }: { readonly origin: HintOrigin; readonly at: number; readonly again?: boolean },
): Promise<number> {
  const rows = hints.map((hint) => ({ ...hint, id: hintId(shopId, hint) }));
  const fresh = await tx.query<{ id: string }>(
    `insert into channel_hint (tenant_id, id, shop_id, kind, resource, origin, seen_at, listed_at)
     select $1, h.id, $2, h.kind, h.resource, $6, $7, $8
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
      origin === 'sweep' ? instant(at) : null,
    ],
  );
  const isFresh = new Set(fresh.map(({ id }) => id));
  const known = rows.filter(({ id }) => !isFresh.has(id));
  const asked = known.length === 0 ? [] : await markAsked(tx, known, { origin, at, again });
  const isWanted = new Set([...isFresh, ...asked]);
  const wanted = rows.filter(({ id }) => isWanted.has(id));
  const kind = origin === 'sweep' ? 'catch_up' : 'fetch';
  await requestWork(
    tx,
    wanted.map(({ id }) => ({ kind, ref: id, shopId, dueAt: at })),
  );
  return fresh.length;
}

/** After these there is nothing more to be had: it was read, or lies in quarantine. */
const HAD = ['read', 'unreadable'];

/**
 * Notes that something known is named again; it waits to be read again where `again` says so, where it was read before there was something
 * to tell of it, or where it had been given up: the platform did not have it yet, or did not let us.
 *
 * @returns the ids of what waits
 */
async function markAsked(
  tx: Tx,
  known: readonly { readonly id: string; readonly toldAt?: number }[],
  { origin, at, again }: { readonly origin: HintOrigin; readonly at: number; readonly again: boolean },
): Promise<string[]> {
  const toldAt = new Map<string, number>();
  for (const { id, toldAt: told = 0 } of known) toldAt.set(id, Math.max(told, toldAt.get(id) ?? 0));
  const rows = await tx.query<{ id: string; waits: boolean }>(
    `with named as (
       select k.id, $5 or (k.read_at is not null and (k.outcome <> all($6::text[]) or k.read_at <= n.told_at)) as waits
         from channel_hint k join unnest($2::uuid[], $7::timestamptz[]) as n (id, told_at) on n.id = k.id
        where k.tenant_id = $1 for update of k)
     update channel_hint h set listed_at = case when $3 = 'sweep' then $4::timestamptz else listed_at end,
            origin = case when $5 then $3 else origin end, seen_at = case when waits then $4::timestamptz else seen_at end,
            read_at = case when waits then null else read_at end, tries = case when waits then 0 else tries end
       from named where h.tenant_id = $1 and h.id = named.id returning h.id, waits`,
    [
      ...[tx.tenantId, [...toldAt.keys()], origin, instant(at), again, HAD],
      [...toldAt.values()].map((told) => instant(told)),
    ],
  );
  return rows.filter(({ waits }) => waits).map(({ id }) => id);
}

/** A kept hint, or null when it has been tidied away. */
export async function readHint(tx: Tx, keys: Keys, id: string): Promise<KeptHint | null> {
  type Row = Omit<KeptHint, 'hint'> & { readonly kind: string; readonly resource: Buffer };
  const row = await tx.first<Row>(
    `select shop_id as "shopId", kind, resource, tries, read_at is not null as "isRead", seen_at as "seenAt"
       from channel_hint where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  if (!row) return null;
  const resource = keys.open(placeOf(id), row.resource) ?? '';
  const { shopId, kind, tries, isRead, seenAt } = row;
  return { shopId, hint: { kind, resource }, tries, isRead, seenAt };
}

/**
 * Notes what came of reading a hint; `news` = messages that nobody had told us of before. What is done is logged. One that was named
 * while it was being read (`seenAt` = when it had been named before) still waits: there may be more of it than was read.
 */
export async function noteHint(
  tx: Tx,
  id: string,
  result: {
    readonly outcome: string;
    readonly done: boolean;
    readonly news: number;
    readonly seenAt: number;
    readonly at: number;
  },
): Promise<void> {
  const { outcome, done, news, seenAt, at } = result;
  const row = await tx.first<{ shopId: string; origin: HintOrigin; kind: string }>(
    `update channel_hint set outcome = $3, read_at = case when $4 and seen_at <= $6 then $5::timestamptz else read_at end,
            tries = case when $4 then 0 else tries + 1 end
      where tenant_id = $1 and id = $2 returning shop_id as "shopId", origin, kind`,
    [tx.tenantId, id, outcome, done, instant(at), instant(seenAt)],
  );
  if (row === undefined || !(done || news > 0)) return;
  const { shopId, origin, kind } = row;
  await logSync(tx, shopId, { event: 'read', origin, kind, code: outcome, found: news, at });
}

/** Asks for everything of a shop that was never read, for example after a new consent. */
export async function requestUnread(tx: Tx, shopId: string, at: number): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    'select id from channel_hint where tenant_id = $1 and shop_id = $2 and read_at is null',
    [tx.tenantId, shopId],
  );
  await requestWork(
    tx,
    rows.map(({ id }) => ({ kind: 'catch_up', ref: id, shopId, dueAt: at })),
  );
}

/** What it names belongs to the tenant: whose words it leads to is not known yet. */
function placeOf(id: string): Place {
  return { owner: 'tenant', table: 'channel_hint', column: 'resource', row: id };
}
