import type { Tx } from '../../platform/database/index.js';
import { biteColumns, biteOrder, BiteOrder } from './bites-first.js';
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

/** So many open tasks are put in order when they are asked for; of more, one walks along the order of all inquiries. */
const FEW = 1_000;

// One queue after the other and in the order of the index, which a plan made for any queues would not choose by itself.
const OPEN = `
  select count(*)::int4 as count from unnest($2::text[]) q (key) cross join lateral (
    select from task where tenant_id = $1 and queue_key = q.key and ended_at is null order by kind limit $3) t`;

type Found = BiteKey & { readonly id: string; readonly inquiryId: string };

/**
 * The ready task that bites first for a member, or null. Where the queues hold few tasks among many inquiries, these are read and put
 * in order: along the order of all inquiries one would pass most of them to find the queue's, or none.
 *
 * @param busy what to do with tasks somebody is at this moment changing: pass them over, so that many who ask at once get
 *   different ones, with the found one locked; or look at them too, without a lock
 * @param few up to how many open tasks are put in order
 */
export async function nextReady(
  tx: Tx,
  { memberId, role, queues, passedOverMs }: Search,
  busy: 'pass over' | 'look at',
  few = FEW,
): Promise<{ readonly id: string; readonly inquiryId: string } | null> {
  const now = Date.now();
  const locked = busy === 'pass over' ? 'for no key update of i, t skip locked' : '';
  const first = (where: string, order: string, params: readonly unknown[]): Promise<Found[]> =>
    tx.query(`${READY} and ${where} order by ${order} limit 1 ${locked}`, params);
  const base: readonly unknown[] = [tx.tenantId, memberId, queues, now - passedOverMs, role];
  if (await hasFew(tx, queues, few)) {
    const params = [...base];
    const order = biteOrder(now, 't.id', (value) => `$${params.push(value)}`);
    return (await first('i.closed_at is null', order, params))[0] ?? null;
  }
  const [found] = await BiteOrder.after(null, now).read<Found>('t.id', 1, (stretch) => {
    const params = [...base];
    const { where, order } = stretch((value) => `$${params.push(value)}`);
    return first(where, order, params);
  });
  return found?.row ?? null;
}

/** Whether some queues have at most so many open tasks; no queues named = all of them. */
async function hasFew(tx: Tx, queues: Search['queues'], few: number): Promise<boolean> {
  if (queues === null) return false;
  const { count } = await tx.one<{ count: number }>(OPEN, [tx.tenantId, queues, few + 1]);
  return count <= few;
}
