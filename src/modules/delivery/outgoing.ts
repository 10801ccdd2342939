import type { FilledTemplate } from '../../domain/channel/platform-template.js';
import type { Tx } from '../../platform/database/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import type { OutgoingMessage } from '../channels/index.js';
import { attachmentIdOf } from '../conversation/index.js';
import type { StatedAttachment } from '../conversation/index.js';
import type { DeliveryRow } from './delivery-rows.js';

type Row = {
  text: Buffer | null;
  language: string | null;
  author: 'human' | 'automated';
  attachments: Buffer | null;
  template: Buffer | null;
  buyerId: string;
  buyerExternal: Buffer | null;
  replyMessageId: string | null;
  replyInquiryId: string | null;
  replyExternal: Buffer | null;
  addressMessageId: string | null;
  addressInquiryId: string | null;
  address: Buffer | null;
  oneAnswer: boolean;
  test: boolean;
};

/** A message as the channel must see it, with what of its inquiry decides how it leaves. */
export type Leaving = {
  readonly message: OutgoingMessage;
  /** Ids of its attachments that are files, whose bytes are read outside of any transaction. */
  readonly fileIds: readonly string[];
  /** Its thread takes one answer. */
  readonly oneAnswer: boolean;
  /** Its inquiry is only a test. */
  readonly test: boolean;
};

/**
 * A message goes where what it answers to came from, else where its inquiry's newest came from. An inquiry that goes on with a closed one
 * may have none yet: then that one's count, and so on back, before those of the conversation's other threads.
 */
const OUTGOING = `
  select i.one_answer as "oneAnswer", i.test, m.text, m.language, m.author, m.attachments, m.channel_template as template, b.id as "buyerId", b.external_id as "buyerExternal",
         r.id as "replyMessageId", r.inquiry_id as "replyInquiryId", r.external_id as "replyExternal",
         a.id as "addressMessageId", a.inquiry_id as "addressInquiryId", a.reply_address as address
    from message m
    join inquiry i on i.tenant_id = m.tenant_id and i.id = m.inquiry_id
    join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join buyer b on b.tenant_id = c.tenant_id and b.id = c.buyer_id
    left join message r on r.tenant_id = m.tenant_id and r.id = m.in_reply_to
    left join lateral (
      with recursive line (id, linked, back) as (
        select i.id, i.linked_inquiry_id, 0
        union all
        select e.id, e.linked_inquiry_id, line.back + 1 from line
          join inquiry e on e.tenant_id = m.tenant_id and e.id = line.linked)
      select o.id, o.inquiry_id, o.reply_address from message o left join line on line.id = o.inquiry_id
       where o.tenant_id = m.tenant_id and o.conversation_id = m.conversation_id and o.reply_address is not null
       order by coalesce(o.id = m.in_reply_to, false) desc, line.back nulls last, o.position desc limit 1) a on true
   where m.tenant_id = $1 and m.id = $2`;

/** Answers of a conversation that a channel is told of: older ones are on no page it reads. */
const KNOWN = 50;

type KnownRow = { inquiryId: string; table: 'message' | 'delivery'; row: string; externalId: Buffer };

const KNOWN_ANSWERS = `
  select d.inquiry_id as "inquiryId", 'delivery' as table, d.intent_id as row, d.external_id as "externalId", d.position
    from delivery d where d.tenant_id = $1 and d.conversation_id = $2 and d.external_id is not null and d.intent_id <> $3
  union all
  select m.inquiry_id, 'message', m.id, m.external_id, m.position
    from message m where m.tenant_id = $1 and m.conversation_id = $2 and m.direction = 'out' and m.external_id is not null
   order by position desc limit $4`;

/** The channel's ids of the answers in a message's conversation that we know of, the message itself left out. */
export async function knownAnswers(tx: Tx, vault: Vault, delivery: DeliveryRow): Promise<string[]> {
  const { conversationId, intentId } = delivery;
  const rows = await tx.query<KnownRow>(KNOWN_ANSWERS, [tx.tenantId, conversationId, intentId, KNOWN]);
  const keys = await vault.unlock(tx, { cases: [...new Set(rows.map(({ inquiryId }) => inquiryId))] });
  return rows.flatMap(({ inquiryId, table, row, externalId }) => {
    const place: Place = { owner: { case: inquiryId }, table, column: 'external_id', row };
    return keys.open(place, externalId) ?? [];
  });
}

/** Reads a message that leaves: the channel's own ids, the text opened. */
export async function readOutgoing(tx: Tx, vault: Vault, delivery: DeliveryRow): Promise<Leaving> {
  const row = await tx.one<Row>(OUTGOING, [tx.tenantId, delivery.messageId]);
  const cases = [delivery.inquiryId, row.replyInquiryId, row.addressInquiryId].filter((id) => id !== null);
  const keys = await vault.unlock(tx, { cases: [...new Set(cases)], subjects: [row.buyerId] });
  const own = (column: string): Place => messagePlace(delivery.inquiryId, delivery.messageId, column);
  const open = (inquiryId: string | null, id: string | null, column: string, sealed: Buffer | null): string | null =>
    inquiryId === null || id === null ? null : keys.open(messagePlace(inquiryId, id, column), sealed);
  const buyerPlace = { owner: { subject: row.buyerId }, table: 'buyer', column: 'external_id', row: row.buyerId };
  const template = keys.openJson<FilledTemplate>(own('channel_template'), row.template);
  const attachments = keys.openJson<StatedAttachment[]>(own('attachments'), row.attachments) ?? [];
  const [card] = attachments.flatMap((one) => one.card ?? []);
  const message = {
    intentId: delivery.intentId,
    conversationId: open(row.addressInquiryId, row.addressMessageId, 'reply_address', row.address) ?? '',
    buyerId: keys.open(buyerPlace, row.buyerExternal) ?? '',
    text: keys.open(own('text'), row.text) ?? '',
    language: row.language,
    inReplyTo: open(row.replyInquiryId, row.replyMessageId, 'external_id', row.replyExternal),
    author: row.author,
    attachments: attachments.filter((one) => one.id === undefined && one.card === undefined),
    ...(card === undefined ? {} : { card }),
    ...(template === null ? {} : { template }),
  };
  const fileIds = attachments.flatMap(({ id }, index) =>
    id === undefined ? [] : attachmentIdOf(delivery.messageId, index),
  );
  return { message, fileIds, oneAnswer: row.oneAnswer, test: row.test };
}

function messagePlace(inquiryId: string, row: string, column: string): Place {
  return { owner: { case: inquiryId }, table: 'message', column, row };
}
