import { CLOSED } from '../../domain/messaging/dispatch.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/**
 * Lets the messages of a shop that could not be handed over, or looked for, without its account go on at once (`at`, epoch ms). What
 * waits for another reason, such as a limit of the platform, goes on waiting.
 */
export async function requestUnsent(tx: Tx, shopId: string, at: number): Promise<void> {
  const rows = await tx.query<{ conversationId: string; inquiryId: string }>(
    `update delivery set due_at = $3, reads = 0
      where tenant_id = $1 and shop_id = $2 and state in ('queued', 'verifying') and due_at > $3 and reason = any($4)
      returning conversation_id as "conversationId", inquiry_id as "inquiryId"`,
    [tx.tenantId, shopId, instant(at), [...CLOSED]],
  );
  await requestWork(
    tx,
    rows.map(({ conversationId, inquiryId }) => ({
      kind: 'dispatch',
      ref: conversationId,
      inquiryId,
      shopId,
      dueAt: at,
    })),
  );
}
