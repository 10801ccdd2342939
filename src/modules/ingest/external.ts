import type { InquiryEvent } from '../../domain/inquiry/events.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { derivedId, newId } from '../../platform/ids/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { channelMessageHash, nextPosition, registerAttachments } from '../conversation/index.js';
import type { Receipts } from '../delivery/index.js';
import { putInbox, scalarsOf } from '../inquiry/index.js';
import { indexText } from '../search/index.js';
import type { Shop } from '../shop/index.js';
import { publish } from '../stream/index.js';
import { requestWork } from '../work/index.js';
import { keepRaw } from './accept.js';
import type { Accepted, RawDelivery } from './accept.js';
import { openInquiry } from './opening.js';
import type { Opening } from './opening.js';
import { ownAnswer } from './own-answer.js';
import { keepAddress, keepBuyer, knownBuyer, lockByAddress, lockConversation, threadHashOf } from './parties.js';
import type { BuyerRow, ConversationRow } from './parties.js';
import { anyInquiry, inquiryAt, inquiryIn } from './targets.js';
import type { PlatformEvent, ReplyExternal } from '../channels/index.js';

/** Accepts what a channel tells besides buyer messages: answers given elsewhere, platform events, typing. */
export class ExternalAcceptor {
  constructor(
    private readonly database: Database,
    readonly vault: Vault,
    readonly calendars: CalendarStore,
    private readonly receipts: Receipts,
  ) {}

  /** An answer given outside Atende: attached to the open inquiry of its thread, else to the last one. */
  async reply(shop: Shop, data: ReplyExternal, raw: RawDelivery): Promise<Accepted> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const conversation = await this.#conversation(tx, shop, data.conversationId, data.buyer);
      const keys = await this.vault.unlock(tx);
      const hash = channelMessageHash(keys, shop.id, data.messageId);
      const known = await tx.first<Omit<Accepted, 'duplicate'>>(
        `select id as "messageId", conversation_id as "conversationId", inquiry_id as "inquiryId"
           from message where tenant_id = $1 and shop_id = $2
            and (external_hash = $3 or intent_id in (select intent_id from delivery
                  where tenant_id = $1 and shop_id = $2 and external_hash = $3))`,
        [tx.tenantId, shop.id, hash],
      );
      // Also the echo of a message of our own, which the channel reports like any other.
      if (known) return { ...known, duplicate: true };
      const sentAt = Math.min(Date.parse(data.sentAt), raw.receivedAt);
      const own = await ownAnswer(tx, this.vault, conversation.id, { id: data.messageId, text: data.text, sentAt });
      if (own !== null) {
        await this.receipts.found(tx, shop.id, own.intentId, { id: data.messageId, at: sentAt });
        return { messageId: own.messageId, conversationId: conversation.id, inquiryId: own.inquiryId, duplicate: true };
      }
      const threadHash = data.thread === undefined ? null : threadHashOf(keys, shop, data.thread.id);
      // Another thread's inquiry would count as answered: of those only one is taken in which something came from where it was said.
      const target =
        (await inquiryIn(tx, conversation.id, threadHash)) ??
        (threadHash === null ? await inquiryAt(tx, this.vault, conversation.id, data.conversationId) : null);
      const inquiryId =
        target?.id ??
        (await this.#open(tx, shop, conversation, raw, {
          ...{ category: 'inquiry', threadHash, oneAnswer: data.thread?.answers === 'one' },
        }));
      const id = await this.#insertReply(tx, shop, { conversation, inquiryId, hash, data, sentAt, raw });
      await this.#tell(tx, inquiryId, conversation, raw, `ext:${id}`, {
        kind: 'reply.external',
        messageId: id,
        author: data.author,
        at: sentAt,
      });
      await publish(tx, [{ kind: 'message.received', data: { messageId: id, inquiryId } }]);
      return { messageId: id, conversationId: conversation.id, inquiryId, duplicate: false };
    });
  }

  /** Something the platform reports: attached to the open inquiry, or opens one. */
  async event(shop: Shop, data: PlatformEvent, raw: RawDelivery): Promise<Accepted> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const conversation = await this.#conversation(tx, shop, data.conversationId, data.buyer);
      const target = await anyInquiry(tx, conversation.id);
      const key = `evt:${derivedId(shop.id, 'event', data.eventId)}`;
      const seen = await tx.first<{ inquiryId: string }>(
        'select inquiry_id as "inquiryId" from inbox where tenant_id = $1 and key = $2',
        [tx.tenantId, key],
      );
      if (seen) return { messageId: null, conversationId: conversation.id, inquiryId: seen.inquiryId, duplicate: true };
      const inquiryId = target?.open
        ? target.id
        : await this.#open(tx, shop, conversation, raw, { category: 'notice' });
      const at = Math.min(Date.parse(data.at), raw.receivedAt);
      await this.#tell(tx, inquiryId, conversation, raw, key, {
        kind: 'platform.event',
        name: data.name,
        at,
        by: 'channel',
        data: scalarsOf(data.data),
      });
      await keepRaw(tx, await this.vault.unlock(tx), shop, raw);
      return { messageId: null, conversationId: conversation.id, inquiryId, duplicate: false };
    });
  }

  /** The buyer is typing: shown to whoever looks, remembered by nobody. */
  async typing(shop: Shop, conversationAddress: string): Promise<Accepted> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      const conversation = await lockByAddress(tx, keys, shop, conversationAddress);
      if (!conversation) return { messageId: null, conversationId: null, inquiryId: null, duplicate: false };
      const target = await anyInquiry(tx, conversation.id);
      const inquiryId = target?.open ? target.id : null;
      await publish(tx, [{ kind: 'buyer.typing', data: { conversationId: conversation.id, inquiryId } }]);
      return { messageId: null, conversationId: conversation.id, inquiryId, duplicate: false };
    });
  }

  /** The conversation a channel means; one it never showed us a buyer of gets a nameless one. */
  async #conversation(
    tx: Tx,
    shop: Shop,
    address: string,
    given:
      { readonly id: string; readonly name?: string | undefined; readonly language?: string | undefined } | undefined,
  ): Promise<ConversationRow & { buyer?: BuyerRow }> {
    const keys = await this.vault.unlock(tx);
    const known = await lockByAddress(tx, keys, shop, address);
    if (known) return known;
    const named = given ?? { id: `conversation:${address}` };
    const buyer = await keepBuyer(tx, this.vault, shop, named, await knownBuyer(tx, keys, shop, named));
    const conversation = await lockConversation(tx, shop, buyer);
    await keepAddress(tx, keys, shop, address, conversation.id);
    return conversation;
  }

  async #open(
    tx: Tx,
    shop: Shop,
    conversation: ConversationRow,
    raw: RawDelivery,
    of: Pick<Opening, 'category'> & Partial<Pick<Opening, 'threadHash' | 'oneAnswer'>>,
  ): Promise<string> {
    const buyer = await tx.one<BuyerRow>(
      `select b.id, b.name, b.language, b.value, b.tags, b.blocked_at is not null as blocked
         from conversation c join buyer b on b.tenant_id = c.tenant_id and b.id = c.buyer_id
        where c.tenant_id = $1 and c.id = $2`,
      [tx.tenantId, conversation.id],
    );
    const acceptNo = await nextPosition(tx, conversation.id);
    const inquiryId = await openInquiry(tx, this, {
      shop,
      conversationId: conversation.id,
      buyer,
      returning: conversation.position > 0,
      message: null,
      ...{ threadHash: null, oneAnswer: false, ...of },
      linked: null,
      backfill: false,
      test: false,
      acceptNo,
      at: raw.receivedAt,
    });
    await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: raw.receivedAt }]);
    return inquiryId;
  }

  async #tell(
    tx: Tx,
    inquiryId: string,
    conversation: ConversationRow,
    raw: RawDelivery,
    key: string,
    payload: InquiryEvent,
  ): Promise<void> {
    const acceptNo = await nextPosition(tx, conversation.id);
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    await putInbox(tx, keys, { inquiryId, key, acceptNo, payload, acceptedAt: raw.receivedAt });
    await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: raw.receivedAt }]);
  }

  async #insertReply(
    tx: Tx,
    shop: Shop,
    reply: {
      readonly conversation: ConversationRow;
      readonly inquiryId: string;
      readonly hash: Buffer;
      readonly data: ReplyExternal;
      readonly sentAt: number;
      readonly raw: RawDelivery;
    },
  ): Promise<string> {
    const id = newId();
    const { attachments: files = [] } = reply.data;
    const position = await nextPosition(tx, reply.conversation.id);
    const keys = await this.vault.unlock(tx, { cases: [reply.inquiryId] });
    const place = (column: string) => ({ owner: { case: reply.inquiryId }, table: 'message', column, row: id });
    await tx.post(
      `insert into message (tenant_id, id, conversation_id, inquiry_id, shop_id, position, direction, author,
                            external_author, external_hash, external_id, reply_address, text, sent_at, received_at,
                            available_at, delivery_state, delivery_at, attachments, attachment_count)
       values ($1, $2, $3, $4, $5, $6, 'out', 'external', $13, $7, $8, $9, $10, $11, $12, $11, 'available', $11, $14, $15)`,
      [
        tx.tenantId,
        id,
        reply.conversation.id,
        reply.inquiryId,
        shop.id,
        position,
        reply.hash,
        keys.seal(place('external_id'), reply.data.messageId),
        keys.seal(place('reply_address'), reply.data.conversationId),
        keys.seal(place('text'), reply.data.text),
        instant(reply.sentAt),
        instant(reply.raw.receivedAt),
        reply.data.author,
        files.length === 0 ? null : keys.sealJson(place('attachments'), files),
        files.length,
      ],
    );
    await registerAttachments(tx, { id, inquiryId: reply.inquiryId, shopId: shop.id }, files.length, 'pending');
    await indexText(tx, keys, reply.inquiryId, reply.data.text);
    await keepRaw(tx, keys, shop, reply.raw);
    return id;
  }
}
