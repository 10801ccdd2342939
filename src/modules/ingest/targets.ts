import type { Tx } from '../../platform/database/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';

/** The inquiry that something a channel tells belongs to. */
export type Target = { readonly id: string; readonly open: boolean };

const INQUIRIES = `
  select id, closed_at is null as open from inquiry
   where tenant_id = $1 and conversation_id = $2 and erased_at is null`;

/** The open one, else the last; one that is only there to write a failed message again after others. */
const FIRST = `
   order by closed_at desc nulls first, linked_cause is not distinct from 'delivery_failed', opened_at desc limit 1`;

/** Messages of a conversation that are looked through for where they came from, the newest first. */
const LOOKED_AT = 50;

const CAME_FROM = `
  select m.id as row, m.reply_address as address, i.id, i.closed_at is null as open
    from message m join inquiry i on i.tenant_id = m.tenant_id and i.id = m.inquiry_id
   where m.tenant_id = $1 and m.conversation_id = $2 and m.direction = 'in' and m.reply_address is not null
     and i.erased_at is null
   order by i.closed_at desc nulls first, m.position desc limit $3`;

/** Any inquiry of a conversation. */
export async function anyInquiry(tx: Tx, conversationId: string): Promise<Target | null> {
  return (await tx.first<Target>(`${INQUIRIES} ${FIRST}`, [tx.tenantId, conversationId])) ?? null;
}

/** The one of a thread, or of what is said outside of any. */
export async function inquiryIn(tx: Tx, conversationId: string, threadHash: Buffer | null): Promise<Target | null> {
  const sql = `${INQUIRIES} and thread_hash is not distinct from $3 ${FIRST}`;
  return (await tx.first<Target>(sql, [tx.tenantId, conversationId, threadHash])) ?? null;
}

/** The one in which a buyer wrote from where the channel knows the conversation by this id of its own. */
export async function inquiryAt(tx: Tx, vault: Vault, conversationId: string, address: string): Promise<Target | null> {
  type Row = Target & { readonly row: string; readonly address: Buffer };
  const rows = await tx.query<Row>(CAME_FROM, [tx.tenantId, conversationId, LOOKED_AT]);
  if (rows.length === 0) return null;
  const keys = await vault.unlock(tx, { cases: [...new Set(rows.map(({ id }) => id))] });
  const found = rows.find(({ row, id, address: sealed }) => {
    const place: Place = { owner: { case: id }, table: 'message', column: 'reply_address', row };
    return keys.open(place, sealed) === address;
  });
  return found === undefined ? null : { id: found.id, open: found.open };
}
