import type { Tx } from '../../platform/database/index.js';
import type { StreamKind } from './stream.js';

/** A stream event with its place. */
export type PlacedEvent = {
  readonly position: number;
  readonly kind: StreamKind;
  readonly data: Readonly<Record<string, string | null>>;
  /** Queue whose members may see it, its inquiry's where the event names none; null = not in any queue yet. */
  readonly queue: string | null;
  /** The only member it is for, or null. */
  readonly memberId: string | null;
};

/** How far a tenant's stream reaches: the last position given, and the earliest that is still kept. */
export type StreamReach = { readonly first: number; readonly last: number };

/** Up to `limit` events after a position, in order. */
export async function eventsAfter(tx: Tx, position: number, limit: number): Promise<PlacedEvent[]> {
  return tx.query<PlacedEvent>(
    `select e.position, e.kind, e.data, coalesce(e.queue_key, i.queue_key) as queue, e.member_id as "memberId"
       from stream_event e
       left join inquiry i on e.queue_key is null and e.member_id is null
        and i.tenant_id = e.tenant_id and i.id = (e.data ->> 'inquiryId')::uuid
      where e.tenant_id = $1 and e.position > $2 order by e.position limit $3`,
    [tx.tenantId, position, limit],
  );
}

/** The tenant's stream as far as it reaches now; empty where nothing has been kept. */
export async function streamReach(tx: Tx): Promise<StreamReach> {
  const row = await tx.first<StreamReach>(
    `select c.position as last, coalesce((select e.position from stream_event e
        where e.tenant_id = $1 and e.position is not null order by e.position limit 1), c.position + 1) as first
       from stream_cursor c where c.tenant_id = $1`,
    [tx.tenantId],
  );
  return row ?? { first: 1, last: 0 };
}
