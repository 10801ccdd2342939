import type { Tx } from '../../platform/database/index.js';

/** How long somebody may stay away and still go on where they were. */
const KEPT_MS = 7 * 86_400_000;

/** Rows deleted at a time. */
const BATCH = 5_000;

/**
 * Deletes stream events older than seven days, a bounded number per call.
 *
 * @param now epoch ms
 * @returns how many went
 */
export async function pruneStream(tx: Tx, now: number): Promise<number> {
  return tx.run(
    `delete from stream_event where tenant_id = $1 and id in (
       select id from stream_event where tenant_id = $1 and id < $2 and position is not null order by id limit $3)`,
    [tx.tenantId, firstIdAt(now - KEPT_MS), BATCH],
  );
}

/** No id made from this instant on (epoch ms) sorts before it: UUIDv7 begins with 48 bits of time (RFC 9562, 5.7). */
function firstIdAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
