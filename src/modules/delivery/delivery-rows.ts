import type { Outgoing } from '../../domain/messaging/dispatch.js';
import type { DeliveryState } from '../../domain/messaging/delivery-state.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { ExternalId } from './external-id.js';

/** One row of the outbox with what is needed to act on it. */
export type DeliveryRow = Outgoing & {
  readonly intentId: string;
  readonly messageId: string;
  readonly inquiryId: string;
  readonly conversationId: string;
  readonly shopId: string;
  readonly position: number;
  readonly automated: boolean;
};

const COLUMNS = `
  intent_id as "intentId", message_id as "messageId", inquiry_id as "inquiryId", conversation_id as "conversationId",
  shop_id as "shopId", position, automated, state, attempts, reads, absences, due_at as "dueAt", lease_until as "leaseUntil",
  started_at as "startedAt", verdict_until as "verdictUntil", queued_at as "queuedAt"`;

/** Where a delivery belongs, without locking anything. The intent is ours and decides; external ids may be used twice. */
export async function findDelivery(
  tx: Tx,
  shopId: string,
  by: { readonly intentId: string | null; readonly externalHash: Buffer | null },
): Promise<{ readonly intentId: string; readonly conversationId: string } | undefined> {
  return tx.first(
    `select intent_id as "intentId", conversation_id as "conversationId" from delivery
      where tenant_id = $1 and shop_id = $2 and (intent_id = $3 or external_hash = $4)
      order by (intent_id = $3) desc nulls last, queued_at desc limit 1`,
    [tx.tenantId, shopId, by.intentId, by.externalHash],
  );
}

/** The open deliveries of a conversation in order, locked against other dispatchers. */
export async function lockOpenDeliveries(tx: Tx, conversationId: string): Promise<DeliveryRow[]> {
  return tx.query<DeliveryRow>(
    `select ${COLUMNS} from delivery
      where tenant_id = $1 and conversation_id = $2
        and state in ('held', 'queued', 'sending', 'verifying', 'accepted')
      order by position for update`,
    [tx.tenantId, conversationId],
  );
}

/** One delivery by intent, locked; only of this shop, because a channel may speak for its own shop alone. */
export async function lockByIntent(tx: Tx, shopId: string, intentId: string): Promise<DeliveryRow | undefined> {
  return tx.first<DeliveryRow>(
    `select ${COLUMNS} from delivery where tenant_id = $1 and shop_id = $2 and intent_id = $3 for update`,
    [tx.tenantId, shopId, intentId],
  );
}

/** Writes where a delivery stands. */
export async function saveOutgoing(
  tx: Tx,
  intentId: string,
  next: Outgoing,
  extra: {
    readonly reason?: string | null;
    readonly external?: ExternalId | null;
    readonly settledAt?: number | null;
  } = {},
): Promise<void> {
  await tx.post(
    `update delivery set state = $3, attempts = $4, reads = $5, due_at = $6, started_at = $7, verdict_until = $8,
            lease_until = $9, reason = coalesce($10, reason), external_hash = coalesce($11, external_hash),
            external_id = coalesce($12, external_id), settled_at = coalesce($13, settled_at), absences = $14
      where tenant_id = $1 and intent_id = $2`,
    [
      tx.tenantId,
      intentId,
      next.state,
      next.attempts,
      next.reads,
      instant(next.dueAt),
      instant(next.startedAt),
      instant(next.verdictUntil),
      instant(next.leaseUntil),
      extra.reason ?? null,
      extra.external?.hash ?? null,
      extra.external?.sealed ?? null,
      instant(extra.settledAt),
      next.absences,
    ],
  );
}

/** Shows on the message what became of it. */
export async function showOnMessage(
  tx: Tx,
  messageId: string,
  shown: { readonly state: DeliveryState; readonly at: number; readonly reason: Buffer | null },
): Promise<void> {
  await tx.post(
    `update message set delivery_state = $3, delivery_at = $4, delivery_reason = $5,
            available_at = case when $3 = 'available' then $4::timestamptz
                                when $3 in ('rejected', 'bounced') then null else available_at end
      where tenant_id = $1 and id = $2`,
    [tx.tenantId, messageId, shown.state, instant(shown.at), shown.reason],
  );
}
