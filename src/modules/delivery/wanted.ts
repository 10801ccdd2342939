import type { Tx } from '../../platform/database/index.js';
import type { DeliveryRow } from './delivery-rows.js';

/**
 * Why a message should not go out any more, asked right before it would: an automated one once a person, here or
 * elsewhere, has answered or the inquiry is closed; a person's one once somebody answered elsewhere after it was written.
 */
export async function whyUnwanted(
  tx: Tx,
  row: DeliveryRow,
): Promise<'automated_superseded' | 'answered_elsewhere' | null> {
  const later = await tx.one<{ human: boolean; external: boolean; closed: boolean }>(
    `select exists (select from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
                       and m.direction = 'out' and m.author = 'human' and m.position > $3) as human,
            exists (select from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
                       and m.external_author = 'human' and m.position > $3) as external,
            i.closed_at is not null as closed
       from inquiry i where i.tenant_id = $1 and i.id = $2`,
    [tx.tenantId, row.inquiryId, row.position],
  );
  if (row.automated) return later.human || later.external || later.closed ? 'automated_superseded' : null;
  return later.external ? 'answered_elsewhere' : null;
}
