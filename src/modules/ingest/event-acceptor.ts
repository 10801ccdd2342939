import type { Database } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { ChannelEvent, MessageStatus } from '../channels/index.js';
import type { Receipts } from '../delivery/index.js';
import type { Shop } from '../shop/index.js';
import { keepRaw } from './accept.js';
import type { Accepted, MessageAcceptor, RawDelivery } from './accept.js';
import type { ExternalAcceptor } from './external.js';

/** Accepts whatever a channel tells, each kind of event in a transaction of its own; the same event again changes nothing. */
export class EventAcceptor {
  constructor(
    private readonly database: Database,
    private readonly messages: MessageAcceptor,
    private readonly external: ExternalAcceptor,
    private readonly receipts: Receipts,
  ) {}

  /** Accepts one event of a shop's channel; committed when it returns. */
  accept(shop: Shop, event: ChannelEvent, raw: RawDelivery): Promise<Accepted> {
    switch (event.type) {
      case 'message.received':
        return this.messages.accept(shop, event.data, raw);
      case 'message.status':
        return this.#status(shop, event.data, raw);
      case 'reply.external':
        return this.external.reply(shop, event.data, raw);
      case 'platform.event':
        return this.external.event(shop, event.data, raw);
      case 'buyer.typing':
        return this.external.typing(shop, event.data.conversationId);
    }
  }

  async #status(shop: Shop, data: MessageStatus, raw: RawDelivery): Promise<Accepted> {
    const at = data.at === undefined ? raw.receivedAt : Math.min(Date.parse(data.at), raw.receivedAt);
    const row = await this.database.tenant(shop.tenantId, async (tx) => {
      const about = await this.receipts.verdict(tx, shop.id, { ...data, at });
      // What was part of a notice, or was read, is kept by whoever took that.
      if (raw.webhookId !== null) await keepRaw(tx, await this.messages.vault.unlock(tx), shop, raw);
      reachCommit(tx, 'receipt');
      return about;
    });
    return {
      messageId: row?.messageId ?? null,
      conversationId: row?.conversationId ?? null,
      inquiryId: row?.inquiryId ?? null,
      duplicate: false,
    };
  }
}
