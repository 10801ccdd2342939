import type { Tx } from '../../platform/database/index.js';
import type { Keys } from '../../platform/crypto/index.js';

/**
 * Whether a message of ours is being handed over in a conversation, or its fate being found out. What is read from the platform
 * meanwhile may be that very message, under an id nobody has told us yet. What was read before it began cannot be; so it is enough
 * to ask after reading.
 */
export async function isOnItsWay(tx: Tx, keys: Keys, shopId: string, address: string): Promise<boolean> {
  const { found } = await tx.one<{ found: boolean }>(
    `select exists (select from delivery d join conversation_address a
                      on a.tenant_id = d.tenant_id and a.conversation_id = d.conversation_id
                     where a.tenant_id = $1 and a.shop_id = $2 and a.address_hash = $3
                       and d.state in ('sending', 'verifying')) as found`,
    [tx.tenantId, shopId, keys.lookup('address', address)],
  );
  return found;
}
