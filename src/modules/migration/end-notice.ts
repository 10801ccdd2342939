import type { Tx } from '../../platform/database/index.js';
import { notifyMembers } from '../notification/index.js';
import type { ItemCounts, Migration } from './migration-rows.js';

/**
 * Tells everybody in operations that a migration has ended, and whether inquiries stayed where they were.
 *
 * @param when `at` in epoch ms; mail only where the installation can send any
 */
export async function tellOperations(
  tx: Tx,
  { id, definition, to }: Migration,
  { migrated, blocked }: ItemCounts,
  { at, byMail }: { readonly at: number; readonly byMail: boolean },
): Promise<void> {
  const operations = await tx.query<{ id: string }>(
    `select id from member where tenant_id = $1 and role = 'ops' and active order by id`,
    [tx.tenantId],
  );
  await notifyMembers(tx, {
    members: operations.map((member) => member.id),
    kind: blocked === 0 ? 'migration_ended' : 'migration_incomplete',
    inquiryId: null,
    data: { migrationId: id, definition, to, migrated, blocked },
    urgent: false,
    at,
    ways: {
      by: byMail ? ['in_app', 'email', 'webhook'] : ['in_app', 'webhook'],
      falling: { to: 'ops', reached: 'ops', by: [] },
    },
  });
}
