import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork, withdrawWork } from '../work/index.js';
import { mirrorHolder } from './task-rows.js';

/** What a drain does to tasks; every function runs in the drain's transaction, under the inquiry's lock. */

/** Sealed words that pass from one task to another. */
export type InheritedWords = { readonly id: string; readonly draft: Buffer | null; readonly note: Buffer | null };

export type NewTask = {
  readonly id: string;
  /** What decisions call it, `task:<n>`. */
  readonly key: string;
  readonly inquiryId: string;
  readonly kind: string;
  readonly queue: string;
  readonly step: string | null;
  readonly leaseMs: number;
  readonly offer: { readonly memberId: string; readonly until: number } | null;
  readonly aboutMessageId: string | null;
  readonly reason: string | null;
  /** Ended task whose draft and note are taken over, with both sealed for the new one. */
  readonly inherit: InheritedWords | null;
  readonly openedAt: number;
  readonly snoozedUntil: number | null;
  /** Whose work an approval is about, and the role that may approve it beside supervisors. */
  readonly approval: { readonly authorId: string; readonly role: string | null } | null;
};

/** Opens a task, ready or offered. */
export async function openTask(tx: Tx, task: NewTask): Promise<void> {
  await tx.post(
    `insert into task (tenant_id, id, inquiry_id, kind, state, queue_key, step, lease_ms, offered_to, offer_until,
                       about_message_id, reason, opened_at, snoozed_until, draft, draft_language, draft_by, draft_at,
                       handover_note, handover_from, handover_at, key, author_id, approver_role)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $17::bytea, old.draft_language, old.draft_by,
            old.draft_at, $18::bytea, old.handover_from, old.handover_at, $16, $19,
            $20
       from (select 1) as always left join task old on old.tenant_id = $1 and old.id = $15`,
    [
      tx.tenantId,
      task.id,
      task.inquiryId,
      task.kind,
      task.offer === null ? 'ready' : 'offered',
      task.queue,
      task.step,
      task.leaseMs,
      task.offer?.memberId ?? null,
      instant(task.offer?.until),
      task.aboutMessageId,
      task.reason,
      instant(task.openedAt),
      instant(task.snoozedUntil),
      task.inherit?.id ?? null,
      task.key,
      task.inherit?.draft ?? null,
      task.inherit?.note ?? null,
      task.approval?.authorId ?? null,
      task.approval?.role ?? null,
    ],
  );
  const { id: ref, inquiryId, step, offer, approval } = task;
  // A step's task that nobody is offered waits for the next shift; the engine's own tasks and approvals are anybody's at once.
  if (offer !== null || (step !== null && approval === null)) {
    await requestWork(tx, [
      { kind: 'lease', ref, inquiryId, dueAt: offer === null ? task.openedAt : offer.until + 1, mode: 'exact' },
    ]);
  }
}

/** Draft and hand-over note of a task, as they are sealed. */
export async function taskWords(tx: Tx, taskId: string): Promise<Pick<InheritedWords, 'draft' | 'note'>> {
  const row = await tx.first<Pick<InheritedWords, 'draft' | 'note'>>(
    'select draft, handover_note as note from task where tenant_id = $1 and id = $2',
    [tx.tenantId, taskId],
  );
  return row ?? { draft: null, note: null };
}

/** Ends a task; its token becomes stale for whoever still holds it, except the one who completed it. */
export async function endTask(
  tx: Tx,
  taskId: string,
  end: {
    readonly state: 'completed' | 'superseded' | 'cancelled' | 'expired';
    readonly outcome: string;
    readonly memberId: string | null;
    readonly at: number;
  },
): Promise<void> {
  const ended = await tx.first<Moved>(
    `update task set state = $3, outcome = $4, ended_at = $5, holder_id = coalesce($6, holder_id), offered_to = null,
            offer_until = null, lease_until = null, lapsed_holder_id = null,
            token = case when $3 = 'completed' then token else token + 1 end
      where tenant_id = $1 and id = $2 and ended_at is null
      returning inquiry_id as "inquiryId", old.holder_id as "heldBy"`,
    [tx.tenantId, taskId, end.state, end.outcome, instant(end.at), end.memberId],
  );
  if (!ended) return;
  if (ended.heldBy !== null) await mirrorHolder(tx, ended.inquiryId);
  await withdrawWork(tx, ['lease'], taskId);
}

/** Puts a task aside until somebody else has decided on what was handed in: nobody holds it, and every token is stale. */
export async function awaitApproval(
  tx: Tx,
  taskId: string,
  { draft, memberId, at }: { readonly draft: Buffer; readonly memberId: string; readonly at: number },
): Promise<void> {
  const moved = await tx.first<Moved>(
    `update task set state = 'awaiting_approval', token = token + 1, holder_id = null, lease_until = null,
            lapsed_holder_id = null, offered_to = null, offer_until = null, draft = $3, draft_by = $4, draft_at = $5
      where tenant_id = $1 and id = $2 and ended_at is null
      returning inquiry_id as "inquiryId", old.holder_id as "heldBy"`,
    [tx.tenantId, taskId, draft, memberId, instant(at)],
  );
  if (!moved) return;
  if (moved.heldBy !== null) await mirrorHolder(tx, moved.inquiryId);
  await withdrawWork(tx, ['lease'], taskId);
}

/** A task that changed under its inquiry's lock, with whoever held it before. */
type Moved = { readonly inquiryId: string; readonly heldBy: string | null };

/** Puts a task back into a queue, offered or not; any lease on it ends, draft and note stay. */
export async function requeueTask(
  tx: Tx,
  taskId: string,
  to: {
    readonly queue: string;
    readonly offer: { readonly memberId: string; readonly until: number } | null;
    readonly note: Buffer | null;
    readonly from: string | null;
    readonly at: number;
  },
): Promise<void> {
  const moved = await tx.first<Moved>(
    `update task set queue_key = $3, state = $4, offered_to = $5, offer_until = $6, holder_id = null, lease_until = null,
            lapsed_holder_id = null, token = token + 1,
            handover_note = case when $8::uuid is null then coalesce($7, handover_note) else $7 end,
            handover_from = case when $8::uuid is null then handover_from else $8 end,
            handover_at = case when $8::uuid is null then handover_at else $9 end
      where tenant_id = $1 and id = $2 and ended_at is null
      returning inquiry_id as "inquiryId", old.holder_id as "heldBy"`,
    [
      tx.tenantId,
      taskId,
      to.queue,
      to.offer === null ? 'ready' : 'offered',
      to.offer?.memberId ?? null,
      instant(to.offer?.until),
      to.note,
      to.from,
      instant(to.at),
    ],
  );
  if (!moved) return;
  if (moved.heldBy !== null) await mirrorHolder(tx, moved.inquiryId);
  if (to.offer === null) await withdrawWork(tx, ['lease'], taskId);
  else {
    const { inquiryId } = moved;
    await requestWork(tx, [{ kind: 'lease', ref: taskId, inquiryId, dueAt: to.offer.until + 1, mode: 'exact' }]);
  }
}

/** An open task belongs to a step by another name; whoever holds it goes on. */
export async function renameStep(tx: Tx, taskId: string, step: string): Promise<void> {
  await tx.post('update task set step = $3 where tenant_id = $1 and id = $2', [tx.tenantId, taskId, step]);
}

/** Hides the inquiry's open tasks until an instant, or shows them again. */
export async function snoozeTasks(tx: Tx, inquiryId: string, until: number | null): Promise<void> {
  await tx.post('update task set snoozed_until = $3 where tenant_id = $1 and inquiry_id = $2 and ended_at is null', [
    tx.tenantId,
    inquiryId,
    instant(until),
  ]);
}

/** Starts a draft unless the task already has one. */
export async function startDraft(tx: Tx, taskId: string, draft: Buffer, language: string | null): Promise<void> {
  await tx.post('update task set draft = $3, draft_language = $4 where tenant_id = $1 and id = $2 and draft is null', [
    tx.tenantId,
    taskId,
    draft,
    language,
  ]);
}
