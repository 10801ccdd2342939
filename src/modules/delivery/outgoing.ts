import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { OutgoingMessage } from './channel.js';
import type { DeliveryRow } from './delivery-rows.js';

type Row = {
  text: Buffer | null;
  language: string | null;
  author: 'human' | 'automated';
  attachments: Buffer | null;
  buyerId: string;
  buyerExternal: Buffer | null;
  replyMessageId: string | null;
  replyExternal: Buffer | null;
  addressMessageId: string | null;
  address: Buffer | null;
};

const OUTGOING = `
  select m.text, m.language, m.author, m.attachments, b.id as "buyerId", b.external_id as "buyerExternal",
         r.id as "replyMessageId", r.external_id as "replyExternal",
         a.id as "addressMessageId", a.reply_address as address
    from message m
    join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join buyer b on b.tenant_id = c.tenant_id and b.id = c.buyer_id
    left join message r on r.tenant_id = m.tenant_id and r.id = m.in_reply_to
    left join lateral (
      select id, reply_address from message
       where tenant_id = m.tenant_id and conversation_id = m.conversation_id and reply_address is not null
       order by (id = m.in_reply_to) desc, position desc limit 1) a on true
   where m.tenant_id = $1 and m.id = $2`;

/** The message as the channel must see it: the channel's own ids, the text opened. */
export async function readOutgoing(tx: Tx, vault: Vault, delivery: DeliveryRow): Promise<OutgoingMessage> {
  const row = await tx.one<Row>(OUTGOING, [tx.tenantId, delivery.messageId]);
  const open = (table: string, column: string, id: string | null, sealed: Buffer | null): string | null =>
    id === null ? null : vault.open({ tenantId: tx.tenantId, table, column, row: id }, sealed);
  const attachments = vault.openJson<unknown[]>(
    { tenantId: tx.tenantId, table: 'message', column: 'attachments', row: delivery.messageId },
    row.attachments,
  );
  return {
    intentId: delivery.intentId,
    conversationId: open('message', 'reply_address', row.addressMessageId, row.address) ?? '',
    buyerId: open('buyer', 'external_id', row.buyerId, row.buyerExternal) ?? '',
    text: open('message', 'text', delivery.messageId, row.text) ?? '',
    language: row.language,
    inReplyTo: open('message', 'external_id', row.replyMessageId, row.replyExternal),
    author: row.author,
    attachments: attachments ?? [],
  };
}
