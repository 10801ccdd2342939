import type { Tx } from '../../platform/database/index.js';

const DAY_MS = 86_400_000;

/** A class that is gone keeps content as long as the class for orders does: keeping too long can be corrected. */
const FALLBACK_DAYS = 730;

/** Until when the content of an inquiry that closed at `closedAt` is kept (epoch ms), by the tenant's retention class. */
export async function retainUntil(tx: Tx, retentionClass: string, closedAt: number): Promise<number> {
  const row = await tx.first<{ days: number }>(
    'select content_days as days from retention_class where tenant_id = $1 and key = $2',
    [tx.tenantId, retentionClass],
  );
  return closedAt + (row?.days ?? FALLBACK_DAYS) * DAY_MS;
}
