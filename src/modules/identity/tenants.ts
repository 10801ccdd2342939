import type { Tx } from '../../platform/database/index.js';
import { takeTurn } from '../configuration/index.js';
import { TenantEntity } from './identity.entities.js';

/** Creates the tenant of this transaction, unless it exists; false = it did. `at` is epoch ms. */
export async function createTenant(
  tx: Tx,
  tenant: { readonly key: string; readonly name: string; readonly at: number },
): Promise<boolean> {
  // Of two processes that start together the second waits here, and then finds the tenant.
  await takeTurn(tx, 'tenant');
  const { tenantId } = tx;
  if ((await tx.em.count(TenantEntity, { tenantId })) > 0) return false;
  const { key, name, at } = tenant;
  await tx.em.insert(TenantEntity, { tenantId, key, name, createdAt: at });
  return true;
}
