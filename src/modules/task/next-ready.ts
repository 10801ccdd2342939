import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { biteColumns, BITES_FIRST } from './bites-first.js';

export type Search = {
  readonly memberId: string;
  readonly role: string;
  /** Queues to look in; null = all. */
  readonly queues: readonly string[] | null;
  /** What the member gave back less than this long ago (ms) is passed over. */
  readonly passedOverMs: number;
};

const READY = `
  select t.id, t.inquiry_id as "inquiryId", ${biteColumns('$2', 'i', 't.id')}
    from task t join inquiry i on i.tenant_id = t.tenant_id and i.id = t.inquiry_id
   where t.tenant_id = $1 and t.ended_at is null
     and (t.holder_id is null or t.lease_until < clock_timestamp())
     and (t.offered_to is null or t.offered_to = $3::uuid or t.offer_until < clock_timestamp())
     and (t.snoozed_until is null or t.snoozed_until <= clock_timestamp())
     and ($4::text[] is null or t.queue_key = any($4))
     and t.state <> 'awaiting_approval' and t.author_id is distinct from $3::uuid
     and (t.approver_role is null or $6 in (t.approver_role, 'supervisor'))
     and coalesce((t.released_by ->> $3::text)::int8, 0) < $5
   order by ${BITES_FIRST} limit 1`;

/**
 * The ready task that bites first for a member, or null.
 *
 * @param busy what to do with tasks somebody is at this moment changing: pass them over, so that many who ask at once get
 *   different ones, with the found one locked; or look at them too, without a lock
 */
export async function nextReady(
  tx: Tx,
  { memberId, role, queues, passedOverMs }: Search,
  busy: 'pass over' | 'look at',
): Promise<{ readonly id: string; readonly inquiryId: string } | null> {
  const now = Date.now();
  const sql = busy === 'pass over' ? `${READY} for no key update of i, t skip locked` : READY;
  const row = await tx.first<{ id: string; inquiryId: string }>(sql, [
    tx.tenantId,
    instant(now),
    memberId,
    queues,
    now - passedOverMs,
    role,
  ]);
  return row ?? null;
}
