import type { Later } from '../../domain/messaging/wanted.js';
import type { Tx } from '../../platform/database/index.js';
import type { DeliveryRow } from './delivery-rows.js';

/** What has happened in a message's conversation since it was written. */
export async function laterThan(tx: Tx, row: DeliveryRow): Promise<Later> {
  return tx.one<Later>(
    `select exists (select from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
                       and m.direction = 'out' and m.author = 'human' and m.position > $3
                       and m.delivery_state <> 'awaiting_approval') as human,
            exists (select from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
                       and m.external_author = 'human' and m.position > $3) as external,
            i.closed_at is not null as closed
       from inquiry i where i.tenant_id = $1 and i.id = $2`,
    [tx.tenantId, row.inquiryId, row.position],
  );
}
