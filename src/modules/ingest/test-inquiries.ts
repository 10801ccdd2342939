import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { signatureHeaders } from '../../platform/egress/index.js';
import { memberOf, recordChange } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { MessageReceived } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { Accepted } from './accept.js';
import type { EventAcceptor } from './event-acceptor.js';
import type { Receiver } from './receiver.js';
import { readStages } from './test-stages.js';
import type { TestStage } from './test-stages.js';
import { keepTestRun, testBuyerId } from './test-runs.js';

const TEXTS: Readonly<Record<string, string>> = {
  pt: 'Teste do Atende: quando chega o meu pedido?',
  zh: 'Atende 测试：我的订单什么时候到？',
  en: 'Test of Atende: when will my order arrive?',
};

/**
 * Inquiries that somebody opens to see whether a shop is served: they go the way of every other, but what is written in them is
 * handed to no channel, no figure counts them, and they are kept for a day.
 */
export class TestInquiries {
  constructor(
    private readonly database: Database,
    private readonly shops: ShopDirectory,
    private readonly receiver: Receiver,
    private readonly events: EventAcceptor,
  ) {}

  /** Notes that a test of a shop begins. */
  async begin(tx: Tx, author: Author, runId: string, shopId: string): Promise<Outcome<null>> {
    const shop = await this.shops.read(tx, shopId);
    if (shop === null) return refused('not_found');
    await keepTestRun(tx, runId, shopId, memberOf(author));
    await recordChange(tx, author, {
      action: 'shop.test',
      object: { kind: 'shop', id: shopId },
      before: null,
      after: { channel: shop.channel },
    });
    return done(null);
  }

  /**
   * Lets the buyer of a run write: signed and over the way of every delivery where the channel signs the whole truth, as if it had been
   * read where platforms only hint. The same run again is the same message. Null when the shop is switched off.
   */
  async write(runId: string, shopId: string): Promise<Accepted | null> {
    const shop = await this.shops.find(shopId);
    if (shop === null) return null;
    const event = { type: 'message.received' as const, data: messageOf(runId, shop) };
    const body = JSON.stringify(event);
    if (shop.channel === 'webhook') {
      const headers = signatureHeaders(shop.secrets, `test-${runId}`, body);
      const result = await this.receiver.receive(shop.channel, shopId, {
        headers,
        body: Buffer.from(body),
        from: '127.0.0.1',
      });
      return result.kind === 'accepted' ? result.accepted : null;
    }
    const raw = { webhookId: null, body: Buffer.from(body), receivedAt: Date.now() };
    return this.events.accept(shop, event, raw);
  }

  /** How far a test inquiry has come. */
  stages(tenantId: string, inquiryId: string): Promise<TestStage[]> {
    return this.database.tenant(tenantId, (tx) => readStages(tx, inquiryId));
  }
}

function messageOf(runId: string, shop: Shop): MessageReceived {
  const id = testBuyerId(runId);
  const language = shop.language.split('-')[0] ?? 'en';
  return {
    messageId: id,
    conversationId: id,
    sentAt: new Date().toISOString(),
    buyer: { id, name: 'Atende', language: shop.language },
    text: TEXTS[language] ?? TEXTS['en'] ?? '',
  };
}
