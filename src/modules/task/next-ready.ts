import type { Tx } from '../../platform/database/index.js';
import { biteColumns, BiteOrder } from './bites-first.js';
import type { BiteKey } from './bites-first.js';

export type Search = {
  readonly memberId: string;
  readonly role: string;
  /** Queues to look in; null = all. */
  readonly queues: readonly string[] | null;
  /** What the member gave back less than this long ago (ms) is passed over. */
  readonly passedOverMs: number;
};

const READY = `
  select t.id, t.inquiry_id as "inquiryId", ${biteColumns('t.id')}
    from inquiry i join task t on t.tenant_id = i.tenant_id and t.inquiry_id = i.id
   where i.tenant_id = $1 and t.ended_at is null
     and (t.holder_id is null or t.lease_until < statement_timestamp())
     and (t.offered_to is null or t.offered_to = $2::uuid or t.offer_until < statement_timestamp())
     and (t.snoozed_until is null or t.snoozed_until <= statement_timestamp())
     and ($3::text[] is null or t.queue_key = any($3))
     and t.state <> 'awaiting_approval' and t.author_id is distinct from $2::uuid
     and (t.approver_role is null or $5 in (t.approver_role, 'supervisor'))
     and coalesce((t.released_by ->> $2::text)::int8, 0) < $4`;

type Found = BiteKey & { readonly id: string; readonly inquiryId: string };

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
  const locked = busy === 'pass over' ? 'for no key update of i, t skip locked' : '';
  const [found] = await BiteOrder.after(null, now).read<Found>('t.id', 1, (stretch) => {
    const params: unknown[] = [tx.tenantId, memberId, queues, now - passedOverMs, role];
    const { where, order } = stretch((value) => `$${params.push(value)}`);
    return tx.query(`${READY} and ${where} order by ${order} limit 1 ${locked}`, params);
  });
  return found?.row ?? null;
}
