import type { Hold } from '../../domain/task/claim.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/** A task as claims and leases need it, at the database's time. */
export type HeldTask = {
  readonly id: string;
  /** What decisions call it, `task:<n>`. */
  readonly key: string;
  readonly inquiryId: string;
  readonly kind: string;
  /** As stored: a lease or an offer may have run out since. */
  readonly state: string;
  readonly queue: string;
  readonly step: string | null;
  readonly leaseMs: number;
  /** Epoch ms. */
  readonly openedAt: number;
  /** Who gave it back when (epoch ms). */
  readonly releasedBy: Readonly<Record<string, number>>;
  readonly hold: Hold;
  /** Whose work it is about, of an approval. */
  readonly authorId: string | null;
  /** The role that may approve beside supervisors; null = whoever is in the queue. */
  readonly approverRole: string | null;
  /** The database's clock (epoch ms): leases are compared with it alone, whichever process asks. */
  readonly now: number;
};

type Row = Omit<HeldTask, 'hold'> & Hold;

const SELECT = `
  select t.id, t.key, t.inquiry_id as "inquiryId", t.kind, t.state, t.queue_key as queue, t.step, t.lease_ms as "leaseMs",
         t.opened_at as "openedAt", t.released_by as "releasedBy", t.ended_at is not null as ended, t.token,
         t.holder_id as "holderId", t.lease_until as "leaseUntil", t.lapsed_holder_id as "lapsedHolderId",
         t.offered_to as "offeredTo", t.offer_until as "offerUntil",
         t.state = 'awaiting_approval' as awaiting, t.author_id as "authorId", t.approver_role as "approverRole",
         date_trunc('milliseconds', clock_timestamp()) as now
    from task t where t.tenant_id = $1 and t.id = $2`;

function heldTask(row: Row): HeldTask {
  const { ended, awaiting, token, holderId, leaseUntil, lapsedHolderId, offeredTo, offerUntil, ...task } = row;
  return { ...task, hold: { ended, awaiting, token, holderId, leaseUntil, lapsedHolderId, offeredTo, offerUntil } };
}

/** A task as it stands, without a lock; null when the tenant has none of that id. */
export async function peekTask(tx: Tx, id: string): Promise<HeldTask | null> {
  const row = await tx.first<Row>(SELECT, [tx.tenantId, id]);
  return row === undefined ? null : heldTask(row);
}

/** Tasks a member holds, oldest first, with the tokens they hold them by. */
export async function tasksHeldBy(
  tx: Tx,
  memberId: string,
): Promise<{ readonly id: string; readonly key: string; readonly inquiryId: string; readonly token: number }[]> {
  return tx.query(
    `select id, key, inquiry_id as "inquiryId", token from task
      where tenant_id = $1 and holder_id = $2 and ended_at is null order by opened_at, id`,
    [tx.tenantId, memberId],
  );
}

/**
 * Locks a task after its inquiry (engine.md 3: inquiry before task). The weaker lock on the inquiry lets messages go on
 * being accepted for it.
 */
export async function lockTask(tx: Tx, task: Pick<HeldTask, 'id' | 'inquiryId'>): Promise<HeldTask> {
  await tx.post('select 1 from inquiry where tenant_id = $1 and id = $2 for no key update', [
    tx.tenantId,
    task.inquiryId,
  ]);
  return heldTask(await tx.one<Row>(`${SELECT} for no key update`, [tx.tenantId, task.id]));
}

/** Writes a changed hold to a locked task; the state follows from it. */
export async function writeHold(tx: Tx, task: HeldTask, hold: Hold): Promise<void> {
  const state = hold.holderId !== null ? 'claimed' : hold.offeredTo !== null ? 'offered' : 'ready';
  await tx.post(
    `update task set state = $3, token = $4, holder_id = $5, lease_until = $6, lapsed_holder_id = $7, offered_to = $8,
            offer_until = $9, claimed_at = case when $5::uuid is distinct from holder_id and $5 is not null then $10
                                                else claimed_at end
      where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      task.id,
      state,
      hold.token,
      hold.holderId,
      instant(hold.leaseUntil),
      hold.lapsedHolderId,
      hold.offeredTo,
      instant(hold.offerUntil),
      instant(task.now),
    ],
  );
  if (hold.holderId !== task.hold.holderId) await mirrorHolder(tx, task.inquiryId);
}

/** Notes at the end of a shift from whom a task comes, beside the note they may have left; a note of somebody before stays theirs. */
export async function markHandover(tx: Tx, { id, hold }: HeldTask): Promise<void> {
  await tx.post(
    `update task set handover_from = $3, handover_at = $4
      where tenant_id = $1 and id = $2 and (handover_note is null or handover_from = $3)`,
    [tx.tenantId, id, hold.holderId, instant(hold.leaseUntil)],
  );
}

/** Shows on the inquiry who holds its work: the reply task's holder, else that of the oldest other task. */
export async function mirrorHolder(tx: Tx, inquiryId: string): Promise<void> {
  await tx.post(
    `update inquiry i set holder_id = (
        select t.holder_id from task t
         where t.tenant_id = $1 and t.inquiry_id = $2 and t.ended_at is null and t.holder_id is not null
         order by t.kind = 'reply' desc, t.opened_at, t.id limit 1)
      where i.tenant_id = $1 and i.id = $2`,
    [tx.tenantId, inquiryId],
  );
}
