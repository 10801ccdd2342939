import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import type { PayloadError } from '../channels/index.js';
import type { Shop } from '../shop/index.js';
import type { RawDelivery } from './accept.js';
import { QuarantineEntity } from './ingest.entities.js';

/**
 * Puts what could not be read into quarantine, so that it can be replayed after a fix on either side. What comes again, because nobody
 * heard that it had been taken, is there once.
 */
export async function keepUnread(
  tx: Tx,
  vault: Vault,
  shop: Pick<Shop, 'id' | 'channel'>,
  raw: RawDelivery,
  errors: readonly PayloadError[],
): Promise<void> {
  const keys = await vault.unlock(tx);
  const body = raw.body.toString('utf8');
  const id = derivedId(shop.id, 'quarantine', keys.lookup('quarantine', body).toString('hex'));
  await tx.run(
    `insert into quarantine (tenant_id, id, shop_id, channel, body, problem, received_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7)
     on conflict (tenant_id, id) do update set problem = excluded.problem, replayed_at = null`,
    [
      tx.tenantId,
      id,
      shop.id,
      shop.channel,
      keys.seal(placeOf(id), body),
      JSON.stringify({ code: 'payload_invalid', errors }),
      instant(raw.receivedAt),
    ],
  );
}

/** Something in quarantine, as it came; null without it. `shopId` = its shop, or the installation. */
export async function readUnread(
  tx: Tx,
  vault: Vault,
  id: string,
): Promise<{ readonly shopId: string; readonly channel: string; readonly body: Buffer } | null> {
  const row = await tx.em.findOne(QuarantineEntity, { tenantId: tx.tenantId, id });
  if (row === null) return null;
  const keys = await vault.unlock(tx);
  return {
    shopId: row.shopId,
    channel: row.channel,
    body: Buffer.from(keys.open(placeOf(id), row.body) ?? '', 'utf8'),
  };
}

function placeOf(id: string): Place {
  return { owner: 'tenant', table: 'quarantine', column: 'body', row: id };
}
