import { timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import { accountHash } from '../account/index.js';
import type { Accounts } from '../account/index.js';
import { keepHints } from '../channels/index.js';
import type { Connectors, Notice, NoticedPart, ParsedNotice, Unread } from '../channels/index.js';
import type { TenantLookup } from '../identity/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import { keepRaw } from './accept.js';
import type { EventAcceptor } from './event-acceptor.js';
import type { Unplaced } from './unplaced.js';
import { keepUnread } from './unread.js';

type NoticedHints = Extract<ParsedNotice, { readonly kind: 'hints' }>;
type NoticedConsent = Extract<ParsedNotice, { readonly kind: 'consent' }>;

/** `set_aside`: kept, although nobody could read whom it is for; `payload_invalid`: that, and not kept either. */
export type NoticeResult = 'kept' | 'ignored' | 'set_aside' | 'signature_invalid' | 'payload_invalid';

export type NoticeDeskOptions = {
  readonly database: Database;
  readonly vault: Vault;
  readonly tenants: TenantLookup;
  readonly shops: ShopDirectory;
  readonly connectors: Connectors;
  readonly accounts: Accounts;
  readonly events: EventAcceptor;
  readonly unplaced: Unplaced;
};

/**
 * Notices of platforms, one address for all shops of an application. Hints are kept as they came and answered at once: whatever
 * follows from them happens later, because platforms that wait too long switch off. Events are accepted before they are answered,
 * each in its own transaction: if one cannot be, the platform is told so and sends the notice again, and what has been accepted is
 * recognised.
 */
export class NoticeDesk {
  constructor(private readonly options: NoticeDeskOptions) {}

  /** The part of a channel's address that nobody can guess: most platforms sign nothing. */
  keyOf(channel: string): string {
    return this.options.vault.fingerprint('notice address', channel).toString('hex').slice(0, 40);
  }

  /** Whether notices of a channel's platform come in here; the generic channel has an address for each shop. */
  knows(channel: string): boolean {
    return channel !== 'webhook' && this.options.connectors.of(channel) !== undefined;
  }

  /** Takes a notice; committed when it returns. */
  async receive(channel: string, key: string, notice: Notice): Promise<NoticeResult> {
    const notices = this.options.connectors.of(channel)?.notices;
    if (notices === undefined || !isSame(key, this.keyOf(channel)) || !notices.verify([], notice))
      return 'signature_invalid';
    return this.#follow(channel, notices.parse(notice.body), notice.body);
  }

  /** Takes a notice that reached nobody and was asked for afterwards, or was set aside: its signature is not needed any more. */
  async recover(channel: string, body: Buffer): Promise<NoticeResult> {
    const notices = this.options.connectors.of(channel)?.notices;
    return notices === undefined ? 'ignored' : this.#follow(channel, notices.parse(body), body);
  }

  async #follow(channel: string, parsed: ParsedNotice, body: Buffer): Promise<NoticeResult> {
    if (parsed.kind === 'unreadable') return this.#setAside(channel, [{ body, errors: parsed.errors }]);
    if (parsed.kind === 'events') {
      const result = await this.#accept(channel, parsed.parts);
      return parsed.unplaced.length === 0 ? result : this.#setAside(channel, parsed.unplaced);
    }
    if (parsed.kind === 'consent') return this.#consent(channel, parsed);
    const shop = parsed.kind === 'hints' ? await this.#shopOf(channel, parsed.account) : null;
    if (parsed.kind !== 'hints' || shop === null) return 'ignored';
    await this.#keep(shop, parsed, body);
    return 'kept';
  }

  /** What a platform is answered that tries the address before it sends anything; null where nobody has to be answered. */
  challenge(channel: string, key: string, query: Readonly<Record<string, string>>): string | null {
    const challenge = this.options.connectors.of(channel)?.notices?.challenge;
    return challenge === undefined || !isSame(key, this.keyOf(channel)) ? null : challenge(query);
  }

  async #shopOf(channel: string, account: string): Promise<Shop | null> {
    const shopId = await this.options.tenants.ofAccount(accountHash(this.options.vault, channel, account));
    const shop = shopId === null ? null : await this.options.shops.find(shopId);
    return shop?.channel === channel ? shop : null;
  }

  /** Keeps what names no shop. */
  async #setAside(channel: string, unplaced: readonly Unread[]): Promise<NoticeResult> {
    for (const { body, errors } of unplaced) {
      if (!(await this.options.unplaced.keep(channel, body, errors))) return 'payload_invalid';
    }
    return 'set_aside';
  }

  /** One shop's trouble is not another's: the others are served before the platform is told to come again. */
  async #accept(channel: string, parts: readonly NoticedPart[]): Promise<NoticeResult> {
    let result: NoticeResult = 'ignored';
    const failures: unknown[] = [];
    for (const part of parts) {
      try {
        const shop = await this.#shopOf(channel, part.account);
        if (shop === null) continue;
        await this.#acceptPart(shop, part);
        result = 'kept';
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return result;
  }

  async #acceptPart(shop: Shop, { body, events, unread }: NoticedPart): Promise<void> {
    const receivedAt = Date.now();
    for (const event of events) {
      await this.options.events.accept(shop, event, {
        webhookId: null,
        body: Buffer.from(JSON.stringify(event)),
        receivedAt,
      });
    }
    // After the events: a notice that comes again because one of them failed is not kept twice.
    await this.options.database.tenant(shop.tenantId, async (tx) => {
      await keepRaw(tx, await this.options.vault.unlock(tx), shop, { webhookId: '', body, receivedAt });
      for (const one of unread) {
        await keepUnread(tx, this.options.vault, shop, { webhookId: null, body: one.body, receivedAt }, one.errors);
      }
    });
  }

  async #keep(shop: Shop, { id, hints }: NoticedHints, body: Buffer): Promise<void> {
    const receivedAt = Date.now();
    await this.options.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.options.vault.unlock(tx);
      await keepRaw(tx, keys, shop, { webhookId: id, body, receivedAt });
      await keepHints(tx, keys, shop.id, hints, { origin: 'notice', at: receivedAt });
    });
  }

  async #consent(channel: string, { accounts, endsAt, at }: NoticedConsent): Promise<NoticeResult> {
    let result: NoticeResult = 'ignored';
    for (const account of accounts) {
      const shop = await this.#shopOf(channel, account);
      if (shop === null) continue;
      if (endsAt === null) await this.options.accounts.withdraw(shop, at);
      else await this.options.accounts.endsBy(shop, endsAt, at);
      result = 'kept';
    }
    return result;
  }
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
