import type { Call } from '../../domain/call/call.js';
import type { DataType } from '../../domain/definition/plan.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/** One call with what is needed to make it. Instants are epoch ms. */
export type CallRow = Call & {
  readonly id: string;
  /** Its key in the inquiry. */
  readonly key: string;
  readonly inquiryId: string;
  readonly conversationId: string;
  readonly connection: string;
  readonly operation: string;
  readonly check: string | null;
  /** The one it was last asked under; null until then. */
  readonly connectionVersion: number | null;
  readonly idempotencyKey: string;
  readonly returns: Readonly<Record<string, DataType>>;
  /** Sealed; null once it has been erased. */
  readonly body: Buffer | null;
};

export type NewCall = {
  readonly id: string;
  readonly key: string;
  readonly inquiryId: string;
  readonly conversationId: string;
  readonly step: string;
  readonly connection: string;
  readonly operation: string;
  readonly check: string | null;
  readonly attempts: number;
  readonly returns: Readonly<Record<string, DataType>>;
  readonly idempotencyKey: string;
  readonly body: Buffer;
  readonly at: number;
};

/** Writes down that an outside system is to be asked: the row is the intent, one per decision. */
export async function queueCall(tx: Tx, call: NewCall): Promise<void> {
  await tx.post(
    `insert into remote_call (tenant_id, id, inquiry_id, conversation_id, key, step, connection, operation, check_operation,
                              attempts_most, returns, idempotency_key, body, state, queued_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, 'queued', $14, $14)`,
    [
      tx.tenantId,
      call.id,
      call.inquiryId,
      call.conversationId,
      call.key,
      call.step,
      call.connection,
      call.operation,
      call.check,
      call.attempts,
      JSON.stringify(call.returns),
      call.idempotencyKey,
      call.body,
      instant(call.at),
    ],
  );
  await requestWork(tx, [{ kind: 'call', ref: call.id, inquiryId: call.inquiryId, dueAt: call.at }]);
}

/** Takes back a call that has not been made, or whose attempts certainly came to nothing. */
export async function cancelCall(tx: Tx, id: string, at: number): Promise<void> {
  await tx.post(
    `update remote_call set state = 'cancelled', settled_at = $3 where tenant_id = $1 and id = $2 and state = 'queued'`,
    [tx.tenantId, id, instant(at)],
  );
}

/** Whether the other side may have done it, or is being asked; null for an unknown call. */
export async function isAsked(tx: Tx, id: string): Promise<boolean | null> {
  const row = await tx.first<{ state: string }>('select state from remote_call where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
  ]);
  return row === undefined ? null : row.state !== 'queued';
}

/** The conversation a call belongs to, which is locked first. */
export async function conversationOf(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.first<{ conversationId: string }>(
    `select conversation_id as "conversationId" from remote_call where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  return row?.conversationId ?? null;
}

/** A call, locked against others who would make it. */
export async function lockCall(tx: Tx, id: string): Promise<CallRow | undefined> {
  return tx.first<CallRow>(
    `select id, key, inquiry_id as "inquiryId", conversation_id as "conversationId", connection, operation,
            check_operation as check, connection_version as "connectionVersion", idempotency_key as "idempotencyKey",
            returns, body, state, attempts_most as "attemptsMost", attempts, checks, absences, doubt,
            queued_at as "queuedAt", due_at as "dueAt", started_at as "startedAt", lease_until as "leaseUntil"
       from remote_call where tenant_id = $1 and id = $2 for update`,
    [tx.tenantId, id],
  );
}

/** Writes where a call stands. */
export async function saveCall(
  tx: Tx,
  id: string,
  next: Call,
  more: { readonly version?: number; readonly reason?: string | null; readonly settledAt?: number | null } = {},
): Promise<void> {
  await tx.post(
    `update remote_call set state = $3, attempts = $4, checks = $5, absences = $6, doubt = $7, due_at = $8,
            started_at = $9, lease_until = $10, connection_version = coalesce($11, connection_version),
            reason = coalesce($12, reason), settled_at = coalesce($13, settled_at)
      where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      id,
      next.state,
      next.attempts,
      next.checks,
      next.absences,
      next.doubt,
      instant(next.dueAt),
      instant(next.startedAt),
      instant(next.leaseUntil),
      more.version ?? null,
      more.reason ?? null,
      instant(more.settledAt),
    ],
  );
}

/**
 * Makes every call that has not been made, as far as this database knows, one to be looked for first. For a database that was
 * restored: what it holds as queued may have been done after the backup was made.
 *
 * @returns how many
 */
export async function doubtUnasked(tx: Tx, now: number): Promise<number> {
  const rows = await tx.query<{ id: string; inquiryId: string }>(
    `update remote_call set state = 'checking', checks = 0, absences = 0, doubt = 'restored', due_at = $2, lease_until = null
      where tenant_id = $1 and state in ('queued', 'asking', 'checking') returning id, inquiry_id as "inquiryId"`,
    [tx.tenantId, instant(now)],
  );
  await requestWork(
    tx,
    rows.map(({ id, inquiryId }) => ({ kind: 'call', ref: id, inquiryId, dueAt: now })),
  );
  return rows.length;
}
