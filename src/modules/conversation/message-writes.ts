import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { registerAttachments } from './attachments.js';
import { attachUploads } from './uploads.js';

export type NewOutbound = {
  readonly id: string;
  readonly conversationId: string;
  readonly inquiryId: string;
  readonly shopId: string;
  readonly position: number;
  readonly direction: 'out' | 'note';
  readonly author: 'human' | 'automated';
  readonly memberId: string | null;
  readonly text: Buffer;
  readonly language: string | null;
  readonly template: unknown;
  readonly intentId: string | null;
  /** What decisions call it, `send:<n>`; null for notes. */
  readonly sendKey: string | null;
  readonly attachments: Buffer | null;
  readonly attachmentCount: number;
  /** Uploaded files that it carries; where there are any, all of its attachments are. */
  readonly uploads?: readonly string[];
  /** The platform's template that the text was made of. */
  readonly channelTemplate?: Buffer | null;
  readonly inReplyTo: string | null;
  readonly at: number;
  readonly deliveryState: string | null;
};

/** Stores a message written on our side, or a note. */
export async function insertOutbound(tx: Tx, message: NewOutbound): Promise<void> {
  await tx.post(
    `insert into message (tenant_id, id, conversation_id, inquiry_id, shop_id, position, direction, author, member_id,
                          text, language, template, intent_id, in_reply_to, sent_at, received_at, delivery_state,
                          delivery_at, send_key, attachments, attachment_count, channel_template)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, $15, $16, $15, $17, $18, $19, $20)`,
    [
      tx.tenantId,
      message.id,
      message.conversationId,
      message.inquiryId,
      message.shopId,
      message.position,
      message.direction,
      message.author,
      message.memberId,
      message.text,
      message.language,
      message.template === null ? null : JSON.stringify(message.template),
      message.intentId,
      message.inReplyTo,
      instant(message.at),
      message.deliveryState,
      message.sendKey,
      message.attachments,
      message.attachmentCount,
      message.channelTemplate ?? null,
    ],
  );
  const { uploads = [] } = message;
  if (uploads.length > 0) await attachUploads(tx, message, uploads);
  else await registerAttachments(tx, message, message.attachmentCount, 'linked');
}

/** Shows what becomes of a message that was kept for approval; returns its place in the conversation. */
export async function showKept(
  tx: Tx,
  id: string,
  state: 'held' | 'queued' | 'cancelled',
  at: number,
): Promise<number> {
  const row = await tx.one<{ position: number }>(
    `update message set delivery_state = $3, delivery_at = $4 where tenant_id = $1 and id = $2 returning position`,
    [tx.tenantId, id, state, instant(at)],
  );
  return row.position;
}

export type ConversationChange = {
  readonly position?: number;
  readonly humanAnswered?: boolean;
  readonly lastAgentId?: string;
  readonly onceMarks?: Readonly<Record<string, number>>;
};

/** Changes a conversation under its lock. */
export async function updateConversation(tx: Tx, id: string, change: ConversationChange): Promise<void> {
  await tx.post(
    `update conversation set position = coalesce($3, position), human_answered = coalesce($4, human_answered),
            last_agent_id = coalesce($5, last_agent_id), once_marks = coalesce($6::jsonb, once_marks)
      where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      id,
      change.position ?? null,
      change.humanAnswered ?? null,
      change.lastAgentId ?? null,
      change.onceMarks === undefined ? null : JSON.stringify(change.onceMarks),
    ],
  );
}

/** Locks a conversation; the first lock of everything that touches its inquiries or deliveries. */
export async function lockConversationRow(tx: Tx, id: string): Promise<void> {
  await tx.post('select 1 from conversation where tenant_id = $1 and id = $2 for update', [tx.tenantId, id]);
}

/** The next place in the order of an inquiry's conversation; locks the conversation. */
export async function nextPositionOf(tx: Tx, inquiryId: string): Promise<number> {
  const row = await tx.one<{ position: number }>(
    `update conversation set position = position + 1 where tenant_id = $1
        and id = (select conversation_id from inquiry where tenant_id = $1 and id = $2) returning position`,
    [tx.tenantId, inquiryId],
  );
  return row.position;
}

/** The next place in a conversation's order; locks the conversation. */
export async function nextPosition(tx: Tx, id: string): Promise<number> {
  const row = await tx.one<{ position: number }>(
    'update conversation set position = position + 1 where tenant_id = $1 and id = $2 returning position',
    [tx.tenantId, id],
  );
  return row.position;
}
