import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Shop } from '../shop/index.js';

/** How the shop behind a platform's id is found before any tenant is known. */
export function accountHash(vault: Vault, channel: string, account: string): Buffer {
  return vault.fingerprint('account', `${channel}|${account}`);
}

/** From now on notices about an account are this shop's: whoever consented last has shown that it is theirs. */
export async function claimAccount(tx: Tx, vault: Vault, shop: Shop, account: string): Promise<void> {
  const hash = accountHash(vault, shop.channel, account);
  await tx.run(`delete from auth_lookup where kind = 'account' and (hash = $1 or subject_id = $2)`, [hash, shop.id]);
  await tx.run(`insert into auth_lookup (kind, hash, tenant_id, subject_id) values ('account', $1, $2, $3)`, [
    hash,
    tx.tenantId,
    shop.id,
  ]);
}

/** Nobody's notices are this shop's any more. */
export async function releaseAccount(tx: Tx, shopId: string): Promise<void> {
  await tx.run(`delete from auth_lookup where kind = 'account' and subject_id = $1`, [shopId]);
}
