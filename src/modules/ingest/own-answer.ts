import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import { isSameText, SKEW_MS } from '../channels/index.js';

/** How long after our last attempt a channel may say that it was written: what is said later in the same words is somebody's. */
const LATEST_MS = 15 * 60_000;

/** What the channel may have although it never said so: of which nobody knows, and of which it was once certain that it had not come. */
const UNHEARD = `
  select d.intent_id as "intentId", d.message_id as "messageId", d.inquiry_id as "inquiryId", m.text, d.started_at as "startedAt"
    from delivery d join message m on m.tenant_id = d.tenant_id and m.id = d.message_id
   where d.tenant_id = $1 and d.conversation_id = $2 and d.external_hash is null and d.queued_at <= $3
     and (d.state = 'uncertain' or (d.state = 'queued' and d.attempts > 0))
   order by d.position`;

type Row = {
  readonly intentId: string;
  readonly messageId: string;
  readonly inquiryId: string;
  readonly text: Buffer | null;
  /** When the last attempt began, epoch ms. */
  readonly startedAt: number | null;
};

/** Of a message of ours. */
export type OwnAnswer = Pick<Row, 'intentId' | 'messageId' | 'inquiryId'>;

/**
 * The message of ours that an answer is which the channel shows under an id nobody here knows: its fate was open, and the id is made of
 * our intent, or the words are the same. Without this it would stand there twice, and people would be asked to look for it. What has no
 * words, such as a picture alone, is not taken for ours. The conversation must be locked.
 *
 * @param answer `id` is the channel's; `sentAt` is epoch ms, by the channel's clock
 */
export async function ownAnswer(
  tx: Tx,
  vault: Vault,
  conversationId: string,
  answer: { readonly id: string; readonly text: string; readonly sentAt: number },
): Promise<OwnAnswer | null> {
  const rows = await tx.query<Row>(UNHEARD, [tx.tenantId, conversationId, instant(answer.sentAt + SKEW_MS)]);
  if (rows.length === 0) return null;
  const keys = await vault.unlock(tx, { cases: [...new Set(rows.map(({ inquiryId }) => inquiryId))] });
  const hasWords = answer.text.trim() !== '';
  const found = rows.find(({ intentId, inquiryId, messageId, text, startedAt }) => {
    if (answer.id.includes(intentId)) return true;
    if (startedAt === null || answer.sentAt > startedAt + LATEST_MS) return false;
    const place: Place = { owner: { case: inquiryId }, table: 'message', column: 'text', row: messageId };
    return hasWords && isSameText(keys.open(place, text), answer.text);
  });
  return found === undefined
    ? null
    : { intentId: found.intentId, messageId: found.messageId, inquiryId: found.inquiryId };
}
