import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/** Rings given per second, so that a backlog of thousands does not stand in the way of what happens meanwhile. */
const PER_SECOND = 100;

/**
 * Has every open inquiry of the tenant rung, those whose deadline is nearest first. For an engine that has lost its
 * executions, or a database that was restored: the ring starts an execution where none runs, and its drain tells it where
 * the inquiry stands.
 *
 * @returns how many
 */
export async function ringOpenInquiries(tx: Tx, now: number): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    `with rung as (update inquiry set ring_wanted = true where tenant_id = $1 and closed_at is null returning id, next_wake)
     select id from rung order by next_wake nulls last, id`,
    [tx.tenantId],
  );
  await requestWork(
    tx,
    rows.map(({ id }, index) => ({
      kind: 'ring',
      ref: id,
      inquiryId: id,
      dueAt: now + Math.floor((index * 1_000) / PER_SECOND),
      mode: 'exact',
    })),
  );
  return rows.length;
}
