import { z } from 'zod';
import type { Database } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { keepHints } from '../channels/index.js';
import type { ChannelEvent, Connectors, Hint, Notice, ParsedNotice, PayloadError } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { Accepted, RawDelivery } from './accept.js';
import type { EventAcceptor } from './event-acceptor.js';
import { keepUnread } from './unread.js';

export type ReceiveResult =
  | { readonly kind: 'accepted'; readonly accepted: Accepted }
  /** Unsigned, wrongly signed, too old, or for a shop that does not exist: the same answer for all. */
  | { readonly kind: 'signature_invalid' }
  | { readonly kind: 'payload_invalid'; readonly errors: readonly PayloadError[] };

/** What became of a body whose signature was checked before. */
export type ReplayResult =
  Exclude<ReceiveResult, { readonly kind: 'signature_invalid' }> | { readonly kind: 'shop_inactive' };

/** Deliveries of channels that sign the whole truth: signature over the raw bytes, then the event's own transaction. */
export class Receiver {
  constructor(
    private readonly database: Database,
    private readonly shops: ShopDirectory,
    private readonly vault: Vault,
    private readonly connectors: Connectors,
    private readonly events: EventAcceptor,
  ) {}

  /** Accepts one delivery for a shop on `channel`. Nothing is answered before its transaction has committed. */
  async receive(channel: string, shopId: string, notice: Notice): Promise<ReceiveResult> {
    const shop = await this.shops.find(shopId);
    const notices = this.connectors.of(channel)?.notices;
    if (shop?.channel !== channel || !notices?.verify(shop.secrets, notice)) return { kind: 'signature_invalid' };
    const { headers, body } = notice;
    const raw: RawDelivery = { webhookId: headers['webhook-id'] ?? null, body, receivedAt: Date.now() };
    const parsed = notices.parse(body);
    if (parsed.kind === 'event')
      return { kind: 'accepted', accepted: await this.events.accept(shop, parsed.event, raw) };
    if (parsed.kind !== 'unreadable') return { kind: 'accepted', accepted: NOTHING };
    const { errors } = parsed;
    await this.database.tenant(shop.tenantId, (tx) => keepUnread(tx, this.vault, shop, raw, errors));
    return { kind: 'payload_invalid', errors };
  }

  /** Accepts a body whose signature has been checked before; what cannot be read is not kept a second time. */
  async acceptVerified(shopId: string, body: Buffer): Promise<ReplayResult> {
    const shop = await this.shops.find(shopId);
    const notices = shop === null ? undefined : this.connectors.of(shop.channel)?.notices;
    if (shop === null || notices === undefined) return { kind: 'shop_inactive' };
    const hint = hintIn(body);
    if (hint !== null) return this.#readAgain(shop, hint);
    const parsed = notices.parse(body);
    if (parsed.kind === 'unreadable') return { kind: 'payload_invalid', errors: parsed.errors };
    const unread = parsed.kind === 'events' ? parsed.parts.flatMap((part) => part.unread) : [];
    if (unread.length > 0) return { kind: 'payload_invalid', errors: unread.flatMap(({ errors }) => errors) };
    const raw: RawDelivery = { webhookId: null, body, receivedAt: Date.now() };
    let accepted = NOTHING;
    for (const event of eventsOf(parsed)) accepted = await this.events.accept(shop, event, raw);
    return { kind: 'accepted', accepted };
  }

  /** What was read from a platform is not put through again as it was then: it is read as it is now. */
  async #readAgain(shop: Shop, hint: Hint): Promise<ReplayResult> {
    await this.database.tenant(shop.tenantId, async (tx) => {
      await keepHints(tx, await this.vault.unlock(tx), shop.id, [hint], { origin: 'notice', at: Date.now() });
    });
    return { kind: 'accepted', accepted: NOTHING };
  }
}

/** What a notice of one account says. */
function eventsOf(parsed: ParsedNotice): readonly ChannelEvent[] {
  if (parsed.kind === 'event') return [parsed.event];
  return parsed.kind === 'events' ? parsed.parts.flatMap(({ events }) => events) : [];
}

/** What the reader of hints put into quarantine: the hint beside the answer; null for a delivery of a channel. */
function hintIn(body: Buffer): Hint | null {
  const kept = z.object({ hint: z.object({ kind: z.string(), resource: z.string() }), answer: z.string() });
  return kept.safeParse(jsonOf(body)).data?.hint ?? null;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Nothing came of it. */
const NOTHING: Accepted = { messageId: null, conversationId: null, inquiryId: null, duplicate: false };
