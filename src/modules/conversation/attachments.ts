import type { Reach } from '../../domain/identity/permissions.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';

/** The id of a message's attachment; it follows from the message, so that a list needs no look-up. */
export function attachmentIdOf(messageId: string, index: number): string {
  return derivedId(messageId, 'attachment', String(index));
}

/** Makes a message's attachments addressable; their addresses stay sealed with the message. */
export async function registerAttachments(tx: Tx, messageId: string, count: number): Promise<void> {
  if (count === 0) return;
  const ids = Array.from({ length: count }, (_, index) => attachmentIdOf(messageId, index));
  await tx.post(
    `insert into attachment (tenant_id, id, message_id, position)
     select $1, a.id, $3, a.n - 1 from unnest($2::uuid[]) with ordinality as a (id, n)`,
    [tx.tenantId, ids, messageId],
  );
}

/** Where an attachment can be fetched. The channels of today give addresses of their own, of unknown life. */
export type AttachmentAddress = {
  readonly inquiryId: string;
  readonly queue: string | null;
  /** null for readers who see no texts, and once it is erased. */
  readonly url: string | null;
  readonly expiresAt: string | null;
};

type Row = { messageId: string; position: number; inquiryId: string; queue: string | null; attachments: Buffer | null };

/** One attachment as a reader with this reach sees it, or null. */
export async function readAttachment(
  tx: Tx,
  vault: Vault,
  id: string,
  reach: Reach,
): Promise<AttachmentAddress | null> {
  const row = await tx.first<Row>(
    `select a.message_id as "messageId", a.position, m.inquiry_id as "inquiryId", i.queue_key as queue, m.attachments
       from attachment a
       join message m on m.tenant_id = a.tenant_id and m.id = a.message_id
       join inquiry i on i.tenant_id = m.tenant_id and i.id = m.inquiry_id
      where a.tenant_id = $1 and a.id = $2`,
    [tx.tenantId, id],
  );
  if (!row) return null;
  const keys = await vault.unlock(tx, { cases: [row.inquiryId] });
  const place = { owner: { case: row.inquiryId }, table: 'message', column: 'attachments', row: row.messageId };
  const list = keys.shownJson<{ url?: string }[]>(place, row.attachments) ?? [];
  const url = reach === 'no_text' ? null : (list[row.position]?.url ?? null);
  return { inquiryId: row.inquiryId, queue: row.queue, url, expiresAt: null };
}
