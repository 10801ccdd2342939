import type { Tx } from '../../platform/database/index.js';

/** Ids of buyers that only tests of ours have; what they write is a test if its run was begun here. */
const PREFIX = 'atende-test:';

/** The channel's id of the buyer of a test run, and of everything else of it. */
export function testBuyerId(runId: string): string {
  return `${PREFIX}${runId}`;
}

/** Whether a message is a test: somebody of the tenant began it; a channel that only uses such an id has begun none. */
export async function isTestBuyer(tx: Tx, shopId: string, buyerId: string): Promise<boolean> {
  if (!buyerId.startsWith(PREFIX)) return false;
  const row = await tx.first<{ found: boolean }>(
    'select true as found from test_run where tenant_id = $1 and shop_id = $2 and id::text = $3',
    [tx.tenantId, shopId, buyerId.slice(PREFIX.length)],
  );
  return row !== undefined;
}

/** Notes that a test begins; the same run again changes nothing. */
export async function keepTestRun(tx: Tx, runId: string, shopId: string, memberId: string | null): Promise<void> {
  await tx.run(
    `insert into test_run (tenant_id, id, shop_id, member_id) values ($1, $2, $3, $4) on conflict (tenant_id, id) do nothing`,
    [tx.tenantId, runId, shopId, memberId],
  );
}
