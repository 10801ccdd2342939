import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { ShopMetric } from '../channels/index.js';

/** Keeps how a platform rates a shop, read at an instant (epoch ms), in place of what it said before. */
export async function saveMetrics(tx: Tx, shopId: string, metrics: readonly ShopMetric[], at: number): Promise<void> {
  await tx.post(
    `update channel_account set metrics = $3, metrics_at = $4
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId, JSON.stringify(metrics), instant(at)],
  );
}

/** When a platform was last asked how it rates a shop (epoch ms); null = never. */
export async function metricsReadAt(tx: Tx, shopId: string): Promise<number | null> {
  const row = await tx.first<{ at: number | null }>(
    `select metrics_at as at from channel_account where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId],
  );
  return row?.at ?? null;
}
