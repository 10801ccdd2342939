import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/** Asks for a shop's platform to be looked through, and to be stayed with where it tells whoever waits for it; from `at` on. */
export async function requestLooks(tx: Tx, shopId: string, at: number): Promise<void> {
  await requestWork(
    tx,
    (['reconcile', 'watch'] as const).map((kind) => ({ kind, ref: shopId, shopId, dueAt: at })),
  );
}

/** Remembers since when a shop's platform is stayed with (epoch ms); null = no more. */
export async function markWatched(tx: Tx, shopId: string, since: number | null): Promise<void> {
  await tx.post(
    `update channel_account set watched_since = $3 where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId, instant(since)],
  );
}

/** Where the sweep of a shop's platform stands; undefined while nobody has opened the account. */
export async function sweepCursor(tx: Tx, shopId: string): Promise<string | null | undefined> {
  const row = await tx.first<{ cursor: string | null }>(
    `select sweep_cursor as cursor from channel_account where tenant_id = $1 and shop_id = $2 and part = 'main' and state = 'authorised'`,
    [tx.tenantId, shopId],
  );
  return row === undefined ? undefined : row.cursor;
}

/** Moves the sweep on; at its end everything has been looked at, and the next one begins at `cursor`, null = the beginning. */
export async function moveSweep(
  tx: Tx,
  shopId: string,
  { cursor, ended, at }: { readonly cursor: string | null; readonly ended: boolean; readonly at: number },
): Promise<void> {
  await tx.post(
    `update channel_account set sweep_cursor = $3, swept_at = case when $5 then $4::timestamptz else swept_at end
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId, cursor, instant(at), ended],
  );
}

/** When everything was looked at last (epoch ms); null before the first time. */
export async function sweptBefore(tx: Tx, shopId: string): Promise<number | null> {
  const row = await tx.first<{ at: number | null }>(
    `select swept_at as at from channel_account where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId],
  );
  return row?.at ?? null;
}
