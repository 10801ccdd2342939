import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';
import { lockConversationRow } from '../conversation/index.js';
import { requestWork } from '../work/index.js';

/** An event that was set aside because a decision failed; ids and codes only. */
export type FailedEvent = {
  readonly id: string;
  readonly inquiryId: string;
  readonly kind: string;
  readonly code: string;
  /** Epoch ms. */
  readonly failedAt: number;
};

/** Events set aside of the tenant, oldest first. */
export async function failedEvents(tx: Tx): Promise<FailedEvent[]> {
  return tx.query<FailedEvent>(
    `select id, inquiry_id as "inquiryId", kind, failed_code as code, applied_at as "failedAt"
       from inbox where tenant_id = $1 and failed_code is not null order by applied_at, id`,
    [tx.tenantId],
  );
}

/**
 * Puts an event that was set aside back into its inquiry's inbox and rings, so that it is applied again after a fix.
 *
 * @param now epoch ms
 * @returns the inquiry, or null when the tenant has no such failed event
 */
export async function retryFailedEvent(tx: Tx, id: string, now: number): Promise<string | null> {
  const failed = await tx.first<{ inquiryId: string; conversationId: string }>(
    `select b.inquiry_id as "inquiryId", i.conversation_id as "conversationId"
       from inbox b join inquiry i on i.tenant_id = b.tenant_id and i.id = b.inquiry_id
      where b.tenant_id = $1 and b.id = $2 and b.failed_code is not null`,
    [tx.tenantId, id],
  );
  if (!failed) return null;
  const { inquiryId, conversationId } = failed;
  // Drains read the inbox under these locks; between two of them the event is either failed or waiting.
  await lockConversationRow(tx, conversationId);
  const waiting = await tx.run(
    `update inbox set failed_code = null, applied_at = null, applied_seq = null
      where tenant_id = $1 and id = $2 and failed_code is not null`,
    [tx.tenantId, id],
  );
  if (waiting === 0) return null;
  await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: now }]);
  await audit(tx, [
    {
      at: now,
      actor: { kind: 'system' },
      action: 'event.retry',
      object: { kind: 'event', id },
      inquiryId,
      result: 'ok',
    },
  ]);
  return inquiryId;
}
