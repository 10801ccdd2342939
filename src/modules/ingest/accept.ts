import { instant, isUniqueViolation } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { classifyMessage } from '../classification/index.js';
import { respondWithin } from '../../domain/channel/respond-rules.js';
import { categoryOf } from '../../domain/inquiry/category.js';
import type { Classification } from '../../domain/classification/classification.js';
import { channelMessageHash, registerAttachments } from '../conversation/index.js';
import { putInbox } from '../inquiry/index.js';
import { indexText } from '../search/index.js';
import type { Shop } from '../shop/index.js';
import { publish } from '../stream/index.js';
import { requestWork } from '../work/index.js';
import { openInquiry, openInquiryOf, reopened } from './opening.js';
import { keepAddress, keepBuyer, keepBuyerIds, knownBuyer, lockConversation, threadHashOf } from './parties.js';
import type { BuyerRow, ConversationRow } from './parties.js';
import { isTestBuyer } from './test-runs.js';
import type { MessageReceived } from '../channels/index.js';

/** What the channel is told after the commit; all ids are ours. */
export type Accepted = {
  readonly messageId: string | null;
  readonly conversationId: string | null;
  readonly inquiryId: string | null;
  readonly duplicate: boolean;
};

/** The delivery as it came, kept for a while so that nothing accepted can be lost by misreading it. */
export type RawDelivery = { readonly webhookId: string | null; readonly body: Buffer; readonly receivedAt: number };

/** A message older than this at arrival is backfill: nothing automatic follows from it. */
const BACKFILL_MS = 24 * 3_600_000;

/** Accepts buyer messages: one transaction that commits everything or nothing. */
export class MessageAcceptor {
  constructor(
    private readonly database: Database,
    readonly vault: Vault,
    readonly calendars: CalendarStore,
  ) {}

  /** Accepts one message; the same message again gives the same ids. */
  async accept(shop: Shop, data: MessageReceived, raw: RawDelivery): Promise<Accepted> {
    const attempt = (): Promise<Accepted> =>
      this.database.tenant(shop.tenantId, (tx) => this.#accept(tx, shop, data, raw), { byKeys: true });
    try {
      return await attempt();
    } catch (error) {
      // Another delivery of the same message committed between our look and our insert: now it can be seen.
      if (!isUniqueViolation(error)) throw error;
      return attempt();
    }
  }

  async #accept(tx: Tx, shop: Shop, data: MessageReceived, raw: RawDelivery): Promise<Accepted> {
    const keys = await this.vault.unlock(tx);
    const named = data.print === undefined ? data.messageId : `${data.messageId} ${data.print}`;
    const externalHash = channelMessageHash(keys, shop.id, named);
    const [known, found] = await Promise.all([
      this.#known(tx, shop, externalHash),
      knownBuyer(tx, keys, shop, data.buyer),
    ]);
    if (known) return known;
    const buyer = await keepBuyer(tx, this.vault, shop, data.buyer, found);
    const conversation = await lockConversation(tx, shop, buyer);
    const classification = await classifyMessage({
      text: data.text,
      tenantLanguages: shop.tenantLanguages,
      prior: conversation.language ?? data.buyer.language ?? buyer.language ?? shop.language,
    });
    const incoming = new Incoming(tx, keys, { shop, data, raw, conversation, buyer, classification });
    const open = buyer.isNew ? null : await openInquiryOf(tx, conversation.id, incoming.threadHash);
    const inquiryId = open ?? (await this.#newInquiry(tx, incoming));
    const caseKeys = await this.vault.unlock(tx, { cases: [inquiryId] });
    await incoming.insert(caseKeys, inquiryId, externalHash);
    await indexText(tx, caseKeys, inquiryId, data.text);
    if (open !== null) {
      await putInbox(tx, null, {
        inquiryId,
        key: `msg:${incoming.id}`,
        acceptNo: incoming.position,
        payload: { kind: 'message.received', messageId: incoming.id },
        acceptedAt: raw.receivedAt,
      });
    }
    await keepRaw(tx, keys, shop, raw);
    await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: raw.receivedAt }]);
    await publish(tx, [{ kind: 'message.received', data: { messageId: incoming.id, inquiryId } }]);
    reachCommit(tx, 'accept');
    return { messageId: incoming.id, conversationId: conversation.id, inquiryId, duplicate: false };
  }

  async #known(tx: Tx, shop: Shop, externalHash: Buffer): Promise<Accepted | null> {
    const row = await tx.first<Omit<Accepted, 'duplicate'>>(
      `select id as "messageId", conversation_id as "conversationId", inquiry_id as "inquiryId"
         from message where tenant_id = $1 and shop_id = $2 and external_hash = $3`,
      [tx.tenantId, shop.id, externalHash],
    );
    return row === undefined ? null : { ...row, duplicate: true };
  }

  async #newInquiry(tx: Tx, incoming: Incoming): Promise<string> {
    const { shop, buyer, conversation, raw } = incoming.of;
    const { threadHash } = incoming;
    const oneAnswer = incoming.of.data.thread?.answers === 'one';
    return openInquiry(tx, this, {
      shop,
      conversationId: conversation.id,
      buyer,
      returning: conversation.position > 0,
      message: {
        id: incoming.id,
        text: incoming.of.data.text,
        language: incoming.of.classification.language,
        attachments: incoming.of.data.attachments ?? [],
        sentAt: incoming.sentAt,
      },
      threadHash,
      oneAnswer,
      category: categoryOf(incoming.of.data.category, incoming.of.data.about),
      linked:
        buyer.isNew || oneAnswer
          ? null
          : await reopened(tx, this.calendars, conversation.id, threadHash, raw.receivedAt),
      backfill: raw.receivedAt - incoming.sentAt > BACKFILL_MS,
      test: await isTestBuyer(tx, shop.id, incoming.of.data.buyer.id),
      acceptNo: incoming.position,
      at: raw.receivedAt,
    });
  }
}

type MessageContext = {
  readonly shop: Shop;
  readonly data: MessageReceived;
  readonly raw: RawDelivery;
  readonly conversation: ConversationRow;
  readonly buyer: BuyerRow & { readonly isNew: boolean };
  readonly classification: Classification;
};

/** One buyer message on its way into the database. */
class Incoming {
  readonly id = newId();
  readonly position: number;
  readonly sentAt: number;
  readonly threadHash: Buffer | null;

  constructor(
    private readonly tx: Tx,
    keys: Keys,
    readonly of: MessageContext,
  ) {
    const { data, shop, raw, conversation } = of;
    this.position = conversation.position + 1;
    // A channel's clock may run ahead; nothing can have been sent after we received it.
    this.sentAt = Math.min(Date.parse(data.sentAt), raw.receivedAt);
    const { thread } = data;
    const isApart = thread?.answers === 'one' || thread?.apart === true;
    this.threadHash = isApart ? threadHashOf(keys, shop, thread.id) : null;
  }

  async insert(keys: Keys, inquiryId: string, externalHash: Buffer): Promise<void> {
    const { tx, id } = this;
    const { data, shop, conversation, classification, raw } = this.of;
    const place = (column: string) => ({ owner: { case: inquiryId }, table: 'message', column, row: id });
    const json = (column: string, value: unknown): Buffer | null =>
      value === undefined ? null : keys.sealJson(place(column), value);
    await tx.post(
      `insert into message (tenant_id, id, conversation_id, inquiry_id, shop_id, position, direction, author,
                            external_hash, external_id, reply_address, text, language, attachments, attachment_count,
                            about, classification, platform, sent_at, received_at)
       values ($1, $2, $3, $4, $5, $6, 'in', 'buyer', $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, $16::jsonb, $17, $18)`,
      [
        tx.tenantId,
        id,
        conversation.id,
        inquiryId,
        shop.id,
        this.position,
        externalHash,
        keys.seal(place('external_id'), data.messageId),
        keys.seal(place('reply_address'), data.conversationId),
        keys.seal(place('text'), data.text),
        classification.language,
        json('attachments', data.attachments),
        data.attachments?.length ?? 0,
        json('about', data.about),
        JSON.stringify(classification),
        platformFacts(shop, data),
        instant(this.sentAt),
        instant(raw.receivedAt),
      ],
    );
    await registerAttachments(tx, { id, inquiryId, shopId: shop.id }, data.attachments?.length ?? 0, 'pending');
    await tx.post(
      `update conversation set position = $3, language = coalesce($4, language),
              window_until = coalesce($5, window_until) where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        conversation.id,
        this.position,
        classification.language,
        data.platform?.windowUntil === undefined ? null : instant(Date.parse(data.platform.windowUntil)),
      ],
    );
    await keepAddress(tx, keys, shop, data.conversationId, conversation.id);
    await keepBuyerIds(tx, keys, shop, data.buyer, conversation.id);
  }
}

/** The channel's own rules for this message and its thread, as JSON; null where it has none. */
function platformFacts({ channel }: Shop, { platform, thread, sentAt }: MessageReceived): string | null {
  const within = respondWithin(channel);
  if (platform === undefined && thread === undefined && within === null) return null;
  const byRule = within === null ? null : Date.parse(sentAt) + within;
  return JSON.stringify({
    respondBy: platform?.respondBy === undefined ? byRule : Date.parse(platform.respondBy),
    noResponseNeeded: platform?.noResponseNeeded ?? false,
    ...(platform?.automated === true ? { automated: true } : {}),
    ...(platform?.windowUntil === undefined ? {} : { windowUntil: Date.parse(platform.windowUntil) }),
    public: thread?.public ?? false,
  });
}

/** Keeps the delivery as it came. */
export async function keepRaw(tx: Tx, keys: Keys, shop: Shop, raw: RawDelivery): Promise<void> {
  const id = newId();
  const place = { owner: 'tenant', table: 'raw_delivery', column: 'body', row: id } as const;
  await tx.post(
    'insert into raw_delivery (tenant_id, id, shop_id, webhook_id, body, received_at) values ($1, $2, $3, $4, $5, $6)',
    [tx.tenantId, id, shop.id, raw.webhookId, keys.seal(place, raw.body.toString('utf8')), instant(raw.receivedAt)],
  );
}
