import { Webhook } from 'standardwebhooks';
import { instant } from '../../platform/database/index.js';
import type { Database } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Receipts } from '../delivery/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { Accepted, MessageAcceptor, RawDelivery } from './accept.js';
import type { ExternalAcceptor } from './external.js';
import { payloadErrors, webhookSchema } from './payload.js';
import type { MessageStatus, PayloadError, WebhookEvent } from './payload.js';

/** Headers of a Standard Webhooks delivery, by their names. */
export type WebhookHeaders = Readonly<Record<string, string>>;

export type WebhookResult =
  | { readonly kind: 'accepted'; readonly accepted: Accepted }
  /** Unsigned, wrongly signed, too old, or for a shop that does not exist: the same answer for all. */
  | { readonly kind: 'signature_invalid' }
  | { readonly kind: 'payload_invalid'; readonly errors: readonly PayloadError[] };

/** What became of a body whose signature was checked before. */
export type ReplayResult =
  Exclude<WebhookResult, { readonly kind: 'signature_invalid' }> | { readonly kind: 'shop_inactive' };

/** The `webhook` channel: signature over the raw bytes, then the event's own transaction. */
export class WebhookReceiver {
  constructor(
    private readonly database: Database,
    private readonly shops: ShopDirectory,
    private readonly vault: Vault,
    private readonly messages: MessageAcceptor,
    private readonly external: ExternalAcceptor,
    private readonly receipts: Receipts,
  ) {}

  /** Accepts one delivery. Nothing is answered before its transaction has committed. */
  async receive(shopId: string, headers: WebhookHeaders, body: Buffer): Promise<WebhookResult> {
    const shop = await this.shops.find(shopId);
    if (!shop || shop.channel !== 'webhook' || !isSigned(shop, headers, body)) return { kind: 'signature_invalid' };
    const raw: RawDelivery = { webhookId: headers['webhook-id'] ?? null, body, receivedAt: Date.now() };
    const parsed = parse(body);
    if ('errors' in parsed) {
      await this.#quarantine(shop, raw, parsed.errors);
      return { kind: 'payload_invalid', errors: parsed.errors };
    }
    return { kind: 'accepted', accepted: await this.#accept(shop, parsed.event, raw) };
  }

  /** Accepts a body whose signature has been checked before; what cannot be read is not kept a second time. */
  async acceptVerified(shopId: string, body: Buffer): Promise<ReplayResult> {
    const shop = await this.shops.find(shopId);
    if (!shop) return { kind: 'shop_inactive' };
    const parsed = parse(body);
    if ('errors' in parsed) return { kind: 'payload_invalid', errors: parsed.errors };
    const raw: RawDelivery = { webhookId: null, body, receivedAt: Date.now() };
    return { kind: 'accepted', accepted: await this.#accept(shop, parsed.event, raw) };
  }

  #accept(shop: Shop, event: WebhookEvent, raw: RawDelivery): Promise<Accepted> {
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

  /** Keeps what we could not read, so that it can be replayed after a fix on either side. */
  async #quarantine(shop: Shop, raw: RawDelivery, errors: readonly PayloadError[]): Promise<void> {
    const id = newId();
    const place = { owner: 'tenant', table: 'quarantine', column: 'body', row: id } as const;
    await this.database.tenant(shop.tenantId, async (tx) =>
      tx.run(
        `insert into quarantine (tenant_id, id, shop_id, channel, body, problem, received_at)
         values ($1, $2, $3, $4, $5, $6::jsonb, $7)`,
        [
          tx.tenantId,
          id,
          shop.id,
          shop.channel,
          (await this.vault.unlock(tx)).seal(place, raw.body.toString('utf8')),
          JSON.stringify({ code: 'payload_invalid', errors }),
          instant(raw.receivedAt),
        ],
      ),
    );
  }
}

/** True when any of the shop's valid secrets signed these bytes within ± 5 minutes. */
function isSigned(shop: Shop, headers: WebhookHeaders, body: Buffer): boolean {
  return shop.secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body.toString('utf8'), { ...headers }, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}

function parse(body: Buffer): { readonly event: WebhookEvent } | { readonly errors: readonly PayloadError[] } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { errors: [{ pointer: '', detail: 'The body is not JSON' }] };
  }
  const result = webhookSchema.safeParse(value);
  return result.success ? { event: result.data } : { errors: payloadErrors(result.error) };
}
