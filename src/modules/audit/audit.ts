import { newId } from '../../platform/ids/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/** Who acted, as verified by us: a member from the key, never from the request's words. */
export type AuditActor =
  | { readonly kind: 'member'; readonly id: string; readonly role: string }
  | { readonly kind: 'system' }
  | { readonly kind: 'buyer' }
  | { readonly kind: 'channel' };

export type AuditRecord = {
  readonly at: number;
  readonly actor: AuditActor;
  /** `<word>.<verb>`, for example `definition.publish`. */
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly inquiryId?: string | null;
  readonly result: 'ok' | 'refused' | 'conflict';
  /** Refusal code. */
  readonly code?: string | null;
  /** Values before and after a change; ids and settings, never somebody's words. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly requestId?: string | null;
  /** The command that brought it, where the request is known by that alone. */
  readonly commandId?: string;
};

const INSERT = `
  with written as (
    insert into audit_event (tenant_id, id, at, actor_kind, actor_id, role, action, object_kind, object_id, inquiry_id,
                             result, code, before, after, request_id)
    select $1, r.id, r.at, r.actor_kind, r.actor_id, r.role, r.action, r.object_kind, r.object_id, r.inquiry_id,
           r.result, r.code, r.before, r.after,
           coalesce(r.request_id, (select c.request_id from command c where c.tenant_id = $1 and c.id = r.command_id))
      from jsonb_to_recordset($2::jsonb) as r (id uuid, at timestamptz, actor_kind text, actor_id uuid, role text,
           action text, object_kind text, object_id text, inquiry_id uuid, result text, code text, before jsonb,
           after jsonb, request_id text, command_id uuid)
    returning id)
  insert into audit_pending (tenant_id, event_id) select $1, id from written`;

/**
 * Writes audit events in the transaction of what they are about; they get their position in the tenant's order when a
 * sequencer has seen them committed.
 *
 * @returns their ids, in the order given
 */
export async function audit(tx: Tx, records: readonly AuditRecord[]): Promise<string[]> {
  if (records.length === 0) return [];
  const rows = records.map((record) => ({
    id: newId(),
    at: instant(record.at),
    actor_kind: record.actor.kind,
    actor_id: record.actor.kind === 'member' ? record.actor.id : null,
    role: record.actor.kind === 'member' ? record.actor.role : null,
    action: record.action,
    object_kind: record.object.kind,
    object_id: record.object.id,
    inquiry_id: record.inquiryId ?? null,
    result: record.result,
    code: record.code ?? null,
    before: record.before ?? null,
    after: record.after ?? null,
    request_id: record.requestId ?? null,
    command_id: record.commandId ?? null,
  }));
  await tx.run(INSERT, [tx.tenantId, JSON.stringify(rows)]);
  await requestSequence(tx);
  return rows.map((row) => row.id);
}

const sequenced = new WeakSet<Tx>();

/** Asks the sequencer to place what this transaction wrote; one request per transaction. */
export async function requestSequence(tx: Tx): Promise<void> {
  if (sequenced.has(tx)) return;
  sequenced.add(tx);
  await requestWork(tx, [{ kind: 'sequence', ref: newId(), dueAt: Date.now() }]);
}
