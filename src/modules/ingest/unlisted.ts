import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import { hintId } from '../channels/index.js';
import type { Hint, Reading } from '../channels/index.js';

/** Inquiries looked at per sweep; those that wait longest first. */
const MOST = 200;

const UNANSWERED = `
  select i.id as "inquiryId", m.id as row, m.reply_address as address
    from inquiry i
    join lateral (select id, reply_address from message
                   where tenant_id = i.tenant_id and inquiry_id = i.id and direction = 'in' and reply_address is not null
                   order by position desc limit 1) m on true
   where i.tenant_id = $1 and i.shop_id = $2 and i.closed_at is null and i.unanswered_since < $3
   order by i.unanswered_since limit $4`;

/**
 * What a platform no longer lists as unanswered although nobody has answered it here: somebody may have, on the platform itself, and the
 * notice of it got lost.
 *
 * @param since when the sweep before ended (epoch ms): whatever this one listed was listed after that
 */
export async function unlistedHints(
  tx: Tx,
  vault: Vault,
  shopId: string,
  reading: Reading,
  since: number,
): Promise<Hint[]> {
  type Row = { inquiryId: string; row: string; address: Buffer };
  const rows = await tx.query<Row>(UNANSWERED, [tx.tenantId, shopId, instant(since), MOST]);
  if (rows.length === 0) return [];
  const keys = await vault.unlock(tx, { cases: rows.map(({ inquiryId }) => inquiryId) });
  const hints = new Map<string, Hint>();
  for (const { inquiryId, row, address } of rows) {
    const place: Place = { owner: { case: inquiryId }, table: 'message', column: 'reply_address', row };
    const hint = reading.hintOf(keys.open(place, address) ?? '');
    if (hint !== null) hints.set(hintId(shopId, hint), hint);
  }
  const listed = await tx.query<{ id: string }>(
    'select id from channel_hint where tenant_id = $1 and id = any($2) and listed_at > $3',
    [tx.tenantId, [...hints.keys()], instant(since)],
  );
  for (const { id } of listed) hints.delete(id);
  return [...hints.values()];
}
