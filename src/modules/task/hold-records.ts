import { grounds } from '../../domain/assignment/choose.js';
import type { HoldChange } from '../../domain/task/claim.js';
import type { OfferRequest, ShiftOffer } from '../../domain/task/shift-offer.js';
import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';
import { appendEvent } from '../history/index.js';
import type { StoredEntry } from '../history/index.js';
import { recordedQueue } from '../queue/index.js';
import type { RecordedQueue } from '../queue/index.js';
import { publish } from '../stream/index.js';
import type { StreamKind } from '../stream/index.js';
import type { HeldTask } from './task-rows.js';

/** Who acts on a task, as the key says. */
export type TaskActor = { readonly memberId: string; readonly role: string; readonly requestId: string };

type Change = 'claimed' | 'released';

const ACTIONS: Readonly<Record<Change, string>> = { claimed: 'task.claim', released: 'task.release' };

/**
 * Records that a task changed hands by somebody's act: history, audit, stream. A lease that ended on the way comes first,
 * as of its own end.
 */
export async function recordHold(
  tx: Tx,
  actor: TaskActor,
  task: HeldTask,
  change: Change,
  { hold, lapsed }: HoldChange,
): Promise<void> {
  const [auditId = null] = await audit(tx, [
    {
      at: task.now,
      actor: { kind: 'member', id: actor.memberId, role: actor.role },
      action: ACTIONS[change],
      object: { kind: 'task', id: task.id },
      inquiryId: task.inquiryId,
      result: 'ok',
      before: { holder: task.hold.holderId, token: task.hold.token },
      after: { holder: hold.holderId, token: hold.token },
      requestId: actor.requestId,
    },
  ]);
  const entry: StoredEntry = {
    kind: `task.${change}`,
    actor: { kind: 'member', id: actor.memberId },
    step: task.step,
    because: {},
    data: {
      task: task.key,
      token: hold.token,
      ...(change === 'claimed' ? { leaseUntil: hold.leaseUntil } : { from: task.hold.holderId ?? task.hold.offeredTo }),
    },
    auditId,
  };
  const entries = lapsed === null ? [entry] : [lapsedEntry(task, lapsed, 'time'), entry];
  await appendEvent(tx, task.inquiryId, { at: task.now, kind: entry.kind, entries, decision: null });
  await tell(tx, task, `task.${change}`, hold.holderId);
}

/** Records an act on a task that was refused: in the audit log, from where the history shows it too. */
export async function recordRefusal(
  tx: Tx,
  actor: TaskActor,
  task: HeldTask,
  act: string,
  code: string,
): Promise<void> {
  await audit(tx, [
    {
      at: task.now,
      actor: { kind: 'member', id: actor.memberId, role: actor.role },
      action: `task.${act}`,
      object: { kind: 'task', id: task.id },
      inquiryId: task.inquiryId,
      result: 'conflict',
      code,
      requestId: actor.requestId,
    },
  ]);
}

/** Records that a lease or an offer ran out and the task is anybody's again. */
export async function recordExpiry(
  tx: Tx,
  task: HeldTask,
  { what, lapsed }: { readonly what: 'lease' | 'offer'; readonly lapsed: HoldChange['lapsed'] },
  cause: ExpiryCause,
): Promise<void> {
  const entry = lapsed === null ? offerEntry(task) : lapsedEntry(task, lapsed, cause);
  await appendEvent(tx, task.inquiryId, {
    at: task.now,
    kind: `task.${what}_expired`,
    entries: [entry],
    decision: null,
  });
  await tell(tx, task, 'task.ready', null);
}

/** Kind of the history rows that hold an offer as a shift began. */
export const SHIFT_OFFER = 'task.offered';

/** What such a row keeps beside its entry, to take the offer again. */
export type RecordedOffer = { readonly request: Omit<OfferRequest, 'queue'> & { readonly queue: RecordedQueue } };

/** Records that a waiting task is offered to somebody as a shift starts, and why to them. */
export async function recordShiftOffer(
  tx: Tx,
  task: HeldTask,
  { request, choice, memberId, until }: ShiftOffer,
): Promise<void> {
  const { queue } = request;
  const entry: StoredEntry = {
    kind: SHIFT_OFFER,
    actor: { kind: 'system' },
    step: task.step,
    because: grounds(request, choice),
    data: { task: task.key, queue: queue.key, memberId, by: choice.by, offeredTo: memberId, offerUntil: until },
  };
  const decision: RecordedOffer = { request: { ...request, queue: recordedQueue(queue) } };
  await appendEvent(tx, task.inquiryId, { at: task.now, kind: SHIFT_OFFER, entries: [entry], decision });
  await tell(tx, task, 'task.offered', memberId);
}

/** Tells whoever watches the queue, by ids. */
async function tell(tx: Tx, task: HeldTask, kind: StreamKind, memberId: string | null): Promise<void> {
  await publish(tx, [{ kind, data: { taskId: task.id, inquiryId: task.inquiryId, memberId }, queue: task.queue }]);
}

/** Why a lease is over: its time was used up, or the holder's shift ended. */
export type ExpiryCause = 'time' | 'shift_end';

function lapsedEntry(task: HeldTask, lapsed: NonNullable<HoldChange['lapsed']>, cause: ExpiryCause): StoredEntry {
  return {
    kind: 'task.lease_expired',
    actor: { kind: 'system' },
    step: task.step,
    because: {},
    data: { task: task.key, memberId: lapsed.memberId, leaseUntil: lapsed.leaseUntil, token: task.hold.token, cause },
  };
}

function offerEntry(task: HeldTask): StoredEntry {
  return {
    kind: 'task.offer_expired',
    actor: { kind: 'system' },
    step: task.step,
    because: {},
    data: { task: task.key, memberId: task.hold.offeredTo, until: task.hold.offerUntil },
  };
}
