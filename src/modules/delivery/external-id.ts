import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { channelMessageHash } from '../conversation/index.js';
import type { DeliveryRow } from './delivery-rows.js';

/** A channel's own id of a message: to find it by, and to read; the latter not once its inquiry was erased. */
export type ExternalId = { readonly hash: Buffer; readonly sealed: Buffer | null };

/** The channel's own id of a delivery as it is kept. */
export async function externalIdOf(
  tx: Tx,
  vault: Vault,
  { inquiryId, intentId, shopId }: Pick<DeliveryRow, 'inquiryId' | 'intentId' | 'shopId'>,
  id: string,
): Promise<ExternalId> {
  const owner = { case: inquiryId };
  const place = { owner, table: 'delivery', column: 'external_id', row: intentId };
  const keys = await vault.unlock(tx, { cases: [inquiryId] });
  const hash = channelMessageHash(keys, shopId, id);
  return { hash, sealed: keys.isErased(owner) ? null : keys.seal(place, id) };
}
