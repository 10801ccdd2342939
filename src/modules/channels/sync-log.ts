import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { HintOrigin } from './hints.js';

/**
 * What happened between a shop and its platform: something was `read`, everything was looked at (`swept`), or something went wrong
 * (`trouble`). Codes and counts alone, no words and no ids of the platform.
 */
export const SYNC_EVENTS = ['read', 'swept', 'trouble'] as const;
export type SyncEvent = (typeof SYNC_EVENTS)[number];

export type SyncEntry = {
  readonly event: SyncEvent;
  /** What led to it, for what was read. */
  readonly origin: HintOrigin | null;
  /** What was read, in the connector's word. */
  readonly kind: string | null;
  /** What came of reading, or what went wrong. */
  readonly code: string | null;
  /** Messages nobody had told us of; for a sweep the things it asked to be read for the first time. */
  readonly found: number;
  readonly at: number;
};

export type LoggedSync = SyncEntry & { readonly id: string };

/** Place of an entry in the list. */
export type SyncPlace = { readonly at: number; readonly id: string };

/** Writes an entry of a shop's log. */
export async function logSync(tx: Tx, shopId: string, entry: SyncEntry): Promise<void> {
  const { event, origin, kind, code, found, at } = entry;
  await tx.post(
    `insert into sync_entry (tenant_id, id, shop_id, event, origin, kind, code, found, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tx.tenantId, newId(), shopId, event, origin, kind, code, found, instant(at)],
  );
}

/** Up to `limit` entries of a shop, newest first, those after `after`. */
export async function readSyncLog(
  tx: Tx,
  shopId: string,
  { event = null }: { readonly event?: SyncEvent | null | undefined },
  after: SyncPlace | null,
  limit: number,
): Promise<LoggedSync[]> {
  return tx.query<LoggedSync>(
    `select id, event, origin, kind, code, found, at from sync_entry
      where tenant_id = $1 and shop_id = $2 and ($3::text is null or event = $3)
        and ($4::timestamptz is null or (at, id) < ($4::timestamptz, $5::uuid))
      order by at desc, id desc limit $6`,
    [tx.tenantId, shopId, event, instant(after?.at ?? null), after?.id ?? null, limit],
  );
}
