import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

export type NewDelivery = {
  readonly intentId: string;
  readonly messageId: string;
  readonly inquiryId: string;
  readonly conversationId: string;
  readonly shopId: string;
  readonly position: number;
  readonly automated: boolean;
  readonly at: number;
  /** Ms during which the author may still take the message back. */
  readonly holdMs: number;
};

/** Puts a message into the outbox: the row is the intent, one per decision to send, delivered at most once. */
export async function queueDelivery(tx: Tx, delivery: NewDelivery): Promise<void> {
  const dueAt = delivery.at + delivery.holdMs;
  await tx.post(
    `insert into delivery (tenant_id, intent_id, message_id, inquiry_id, conversation_id, shop_id, position, automated,
                           state, due_at, queued_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tx.tenantId,
      delivery.intentId,
      delivery.messageId,
      delivery.inquiryId,
      delivery.conversationId,
      delivery.shopId,
      delivery.position,
      delivery.automated,
      delivery.holdMs > 0 ? 'held' : 'queued',
      instant(dueAt),
      instant(delivery.at),
    ],
  );
  const { conversationId, inquiryId, shopId } = delivery;
  await requestWork(tx, [{ kind: 'dispatch', ref: conversationId, inquiryId, shopId, dueAt }]);
}

/** Takes a message back that no channel has been given yet; true when it was in time. */
export async function cancelDelivery(tx: Tx, intentId: string, at: number): Promise<boolean> {
  const changed = await tx.run(
    `update delivery set state = 'cancelled', settled_at = $3, reason = 'by_author'
      where tenant_id = $1 and intent_id = $2 and state in ('held', 'queued')`,
    [tx.tenantId, intentId, instant(at)],
  );
  return changed === 1;
}

/** Whether a message has already been handed to its channel, or may have been; null for an unknown intent. */
export async function isHandedOver(tx: Tx, intentId: string): Promise<boolean | null> {
  const row = await tx.first<{ state: string }>('select state from delivery where tenant_id = $1 and intent_id = $2', [
    tx.tenantId,
    intentId,
  ]);
  return row === undefined ? null : row.state !== 'held' && row.state !== 'queued';
}

/**
 * Makes every message that has not been handed over, as far as this database knows, one to be looked for at its channel
 * first. For a database that was restored: what it holds as queued may have been sent after the backup was made, and would
 * reach the buyer twice.
 *
 * @returns how many
 */
export async function verifyUnsent(tx: Tx, now: number): Promise<number> {
  const rows = await tx.query<{ conversationId: string; inquiryId: string; shopId: string }>(
    `update delivery set state = 'verifying', reads = 0, absences = 0, due_at = $2, lease_until = null
      where tenant_id = $1 and state in ('held', 'queued', 'sending', 'verifying')
      returning conversation_id as "conversationId", inquiry_id as "inquiryId", shop_id as "shopId"`,
    [tx.tenantId, instant(now)],
  );
  const conversations = new Map(rows.map((row) => [row.conversationId, row]));
  await requestWork(
    tx,
    [...conversations].map(([ref, { inquiryId, shopId }]) => ({
      kind: 'dispatch',
      ref,
      inquiryId,
      shopId,
      dueAt: now,
    })),
  );
  return rows.length;
}
