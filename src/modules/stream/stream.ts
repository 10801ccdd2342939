import { newId } from '../../platform/ids/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestSequence } from '../audit/index.js';

export type StreamKind =
  | 'message.received'
  | 'message.updated'
  | 'inquiry.changed'
  | 'task.ready'
  | 'task.offered'
  | 'task.claimed'
  | 'task.released'
  | 'task.completed'
  | 'obligation.warned'
  | 'obligation.breached'
  | 'notification.created'
  | 'presence'
  | 'buyer.typing';

/** One change for consoles and webhooks: ids only. */
export type StreamEvent = {
  readonly kind: StreamKind;
  readonly data: Readonly<Record<string, string | null>>;
  /** Queue whose members may see it; left out = the queue the inquiry is in when it is read. */
  readonly queue?: string | null;
  /** The only member it is for, where it is personal. */
  readonly memberId?: string | null;
};

/** Writes stream events in the transaction of the change; they become visible when sequenced after the commit. */
export async function publish(tx: Tx, events: readonly StreamEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    id: newId(),
    kind: event.kind,
    data: event.data,
    queue_key: event.queue ?? null,
    member_id: event.memberId ?? null,
  }));
  await tx.post(
    `insert into stream_event (tenant_id, id, kind, data, queue_key, member_id)
     select $1, r.id, r.kind, r.data, r.queue_key, r.member_id
       from jsonb_to_recordset($2::jsonb) as r (id uuid, kind text, data jsonb, queue_key text, member_id uuid)`,
    [tx.tenantId, JSON.stringify(rows)],
  );
  await requestSequence(tx);
}
