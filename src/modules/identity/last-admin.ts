import type { Tx } from '../../platform/database/index.js';

const ABLE = `
  select 1 as found
    from member m join member_key k on k.tenant_id = m.tenant_id and k.member_id = m.id
   where m.tenant_id = $1 and m.role = 'admin' and m.active
     and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;

/** Whether an active administrator other than this member holds a key that is valid now: without one nobody could undo it. */
export async function hasOtherAdmin(tx: Tx, memberId: string): Promise<boolean> {
  return (await tx.first(`${ABLE} and m.id <> $2 limit 1`, [tx.tenantId, memberId])) !== undefined;
}

/** Whether an administrator could still act if this key were revoked. */
export async function hasOtherAdminKey(tx: Tx, keyId: string): Promise<boolean> {
  return (await tx.first(`${ABLE} and k.id <> $2 limit 1`, [tx.tenantId, keyId])) !== undefined;
}
