import type { PushState } from '../../domain/channel/untold.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/** What a platform last said of whether it still tells us anything, and when (epoch ms); null = it did not say. */
type ReadPushState = { readonly state: PushState | null; readonly at: number };

/** Keeps what a platform says of whether it still tells us anything. */
export async function savePushState(tx: Tx, shopId: string, { state, at }: ReadPushState): Promise<void> {
  await tx.post(
    `update channel_account set push_state = $3, push_at = $4
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId, state, instant(at)],
  );
}

/** What a platform last said of it; null = it was never asked. */
export async function pushStateRead(tx: Tx, shopId: string): Promise<ReadPushState | null> {
  const row = await tx.first<{ state: PushState | null; at: number | null }>(
    `select push_state as state, push_at as at from channel_account
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId],
  );
  return row === undefined || row.at === null ? null : { state: row.state, at: row.at };
}
