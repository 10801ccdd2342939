import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { PayloadError } from '../channels/index.js';
import type { Shop } from '../shop/index.js';
import type { RawDelivery } from './accept.js';

/** Puts what could not be read into quarantine, so that it can be replayed after a fix on either side. */
export async function keepUnread(
  tx: Tx,
  vault: Vault,
  shop: Shop,
  raw: RawDelivery,
  errors: readonly PayloadError[],
): Promise<void> {
  const id = newId();
  const place = { owner: 'tenant', table: 'quarantine', column: 'body', row: id } as const;
  await tx.run(
    `insert into quarantine (tenant_id, id, shop_id, channel, body, problem, received_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7)`,
    [
      tx.tenantId,
      id,
      shop.id,
      shop.channel,
      (await vault.unlock(tx)).seal(place, raw.body.toString('utf8')),
      JSON.stringify({ code: 'payload_invalid', errors }),
      instant(raw.receivedAt),
    ],
  );
}
