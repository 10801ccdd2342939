import type { MemberReach } from '../../domain/notice/means.js';
import type { Tx } from '../../platform/database/index.js';

/** By which means a member (`m`) can be told, as far as the tenant has set it up, as columns of a select. */
export const REACH_COLUMNS = `
  m.email is not null as email,
  exists (select from webhook w where w.tenant_id = m.tenant_id and w.active
                                  and 'notification.created' = any(w.events)) as webhook`;

/**
 * By which means a member can be told; null without such a member.
 *
 * @param mailIsSetUp whether this installation can send mail at all
 */
export async function memberReach(tx: Tx, memberId: string, mailIsSetUp: boolean): Promise<MemberReach | null> {
  const row = await tx.first<MemberReach>(
    `select ${REACH_COLUMNS} from member m where m.tenant_id = $1 and m.id = $2 and m.active`,
    [tx.tenantId, memberId],
  );
  return row === undefined ? null : { email: row.email && mailIsSetUp, webhook: row.webhook };
}
