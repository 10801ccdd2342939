import type { Tx } from '../../platform/database/index.js';

/** Creates the tenant of this transaction, unless it exists; false = it did. */
export async function createTenant(tx: Tx, tenant: { readonly key: string; readonly name: string }): Promise<boolean> {
  // Two processes that start together may both get here; the second waits and then finds the tenant.
  const inserted = await tx.run(
    'insert into tenant (tenant_id, key, name) values ($1, $2, $3) on conflict (tenant_id) do nothing',
    [tx.tenantId, tenant.key, tenant.name],
  );
  return inserted === 1;
}
