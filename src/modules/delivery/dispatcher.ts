import { abandonSend, afterRead, afterSend, beginSend, verdictTimedOut } from '../../domain/messaging/dispatch.js';
import type { ChannelTimes, Transition } from '../../domain/messaging/dispatch.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import { addToLogContext } from '../../platform/log/index.js';
import { lockConversationRow } from '../conversation/index.js';
import { settingMs } from '../shop/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { WorkItem } from '../work/index.js';
import type { Channel, ChannelTarget } from './channel.js';
import { lockByIntent, lockOpenDeliveries, saveOutgoing } from './delivery-rows.js';
import type { DeliveryRow } from './delivery-rows.js';
import { readOutgoing } from './outgoing.js';
import type { Receipts } from './receipts.js';
import { whyUnwanted } from './wanted.js';

export type DispatcherOptions = {
  readonly database: Database;
  readonly shops: ShopDirectory;
  readonly vault: Vault;
  readonly receipts: Receipts;
  readonly channels: Readonly<Record<string, Channel>>;
  /** Where messages of shops without a `replyUrl` go; null outside the demo. */
  readonly demoBuyerUrl: () => string | null;
};

/** What the dispatcher has committed to do outside the database. */
type Job =
  | { readonly do: 'send' | 'read'; readonly row: DeliveryRow; readonly shop: Shop }
  /** Something was settled without a call: look again. */
  | { readonly do: 'again' }
  | { readonly do: 'wait'; readonly until: number | null };

/** Steps for one conversation before it makes room for others. */
const MAX_STEPS = 20;

/** How much longer than the longest call a row stays ours. */
const LEASE_MARGIN_MS = 15_000;

/**
 * Delivers messages: one at a time per conversation, in order. What is about to happen is committed before the socket
 * opens, so whatever a crash leaves behind is looked for at the channel instead of sent again.
 */
export class Dispatcher {
  constructor(private readonly options: DispatcherOptions) {}

  /** Handles one `dispatch` item (a conversation); returns when to look again, or null. */
  async handle(item: WorkItem): Promise<number | null> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const job = await this.options.database.tenant(item.tenantId, (tx) => this.#next(tx, item.ref));
      if (job.do === 'wait') return job.until;
      if (job.do !== 'again') await this.#call(item.tenantId, job.row, job.shop, job.do);
    }
    return Date.now();
  }

  /** Decides, under lock, what to do next for a conversation, and commits to it. */
  async #next(tx: Tx, conversationId: string): Promise<Job> {
    await lockConversationRow(tx, conversationId);
    const rows = await lockOpenDeliveries(tx, conversationId);
    const now = Date.now();
    let until: number | null = null;
    for (const row of rows) {
      if (row.dueAt > now || (row.leaseUntil !== null && row.leaseUntil > now)) {
        until = Math.min(until ?? Infinity, Math.max(row.dueAt, row.leaseUntil ?? 0));
        // What the channel has taken no longer stands in the way of the next message.
        if (row.state === 'accepted') continue;
        return { do: 'wait', until };
      }
      return this.#step(tx, row, now);
    }
    return { do: 'wait', until };
  }

  async #step(tx: Tx, row: DeliveryRow, now: number): Promise<Job> {
    const shop = await this.options.shops.read(tx, row.shopId);
    if (!shop) {
      await this.#conclude(tx, row, {
        next: { ...row, state: 'failed' },
        fate: 'failed',
        externalId: null,
        reason: 'shop_inactive',
      });
      return { do: 'again' };
    }
    if (row.state === 'accepted') {
      await this.#conclude(tx, row, verdictTimedOut(row));
      return { do: 'again' };
    }
    if (row.state === 'sending') {
      await saveOutgoing(tx, row.intentId, abandonSend(row, now, times(shop)));
      return { do: 'again' };
    }
    const leaseUntil = now + times(shop).requestTimeoutMs + LEASE_MARGIN_MS;
    if (row.state === 'verifying') {
      await saveOutgoing(tx, row.intentId, row, { leaseUntil });
      return { do: 'read', row, shop };
    }
    const unwanted = await whyUnwanted(tx, row);
    if (unwanted !== null) {
      await this.#withdraw(tx, row, unwanted, now);
      return { do: 'again' };
    }
    const sending = beginSend(row, now, times(shop));
    await saveOutgoing(tx, row.intentId, { ...sending, dueAt: leaseUntil }, { leaseUntil });
    return { do: 'send', row: { ...row, ...sending }, shop };
  }

  /** Calls the channel and records the end. Nothing is open in the database meanwhile. */
  async #call(tenantId: string, row: DeliveryRow, shop: Shop, what: 'send' | 'read'): Promise<void> {
    addToLogContext({ inquiryId: row.inquiryId });
    const channel = this.options.channels[shop.channel];
    const target = this.#target(shop);
    const transition =
      channel === undefined || target === null
        ? noWay(row)
        : what === 'send'
          ? afterSend(row, await this.#send(channel, target, tenantId, row), Date.now(), times(shop), Math.random())
          : afterRead(row, await channel.read(target, row.intentId), Date.now(), times(shop), Math.random());
    await this.options.database.tenant(tenantId, async (tx) => {
      await lockConversationRow(tx, row.conversationId);
      const current = await lockByIntent(tx, row.shopId, row.intentId);
      // A receipt overtook the channel's own answer, or somebody else took over: their word stands.
      if (current?.state !== row.state || current.attempts !== row.attempts) {
        if (current && transition.externalId !== null) await this.#learnId(tx, current, transition.externalId);
        return;
      }
      await this.#conclude(tx, row, transition);
    });
  }

  async #send(
    channel: Channel,
    target: ChannelTarget,
    tenantId: string,
    row: DeliveryRow,
  ): ReturnType<Channel['send']> {
    const { database, vault } = this.options;
    const message = await database.tenant(tenantId, (tx) => readOutgoing(tx, vault, row));
    return channel.send(target, message);
  }

  /** Writes a transition, shows it on the message and tells the inquiry. */
  async #conclude(tx: Tx, row: DeliveryRow, transition: Transition): Promise<void> {
    const { next, fate, externalId, reason } = transition;
    const { receipts } = this.options;
    const now = Date.now();
    const external = externalId === null ? null : await this.#external(tx, row, externalId);
    await saveOutgoing(tx, row.intentId, next, {
      reason,
      settledAt: fate === null || fate === 'accepted' ? null : now,
      external,
    });
    if (fate !== null) {
      await receipts.show(tx, row, next.state, now, reason);
      await receipts.tell(tx, row, { status: fate, at: now, reason: reason === null ? null : codeOf(reason) });
    }
    if (external !== null) await receipts.applyEarly(tx, { ...row, ...next }, external.hash);
  }

  async #learnId(tx: Tx, row: DeliveryRow, externalId: string): Promise<void> {
    const external = await this.#external(tx, row, externalId);
    await saveOutgoing(tx, row.intentId, row, { external });
    await this.options.receipts.applyEarly(tx, row, external.hash);
  }

  /** The channel's own id of a message: to find it by, and to read. */
  async #external(
    tx: Tx,
    row: DeliveryRow,
    id: string,
  ): Promise<{ readonly hash: Buffer; readonly sealed: Buffer | null }> {
    const owner = { case: row.inquiryId };
    const place = { owner, table: 'delivery', column: 'external_id', row: row.intentId };
    const keys = await this.options.vault.unlock(tx, { cases: [row.inquiryId] });
    const hash = await this.options.receipts.externalHash(tx, row.shopId, id);
    return { hash, sealed: keys.isErased(owner) ? null : keys.seal(place, id) };
  }

  /** Takes a message back that nobody wants any more; a person's text returns to its author. */
  async #withdraw(
    tx: Tx,
    row: DeliveryRow,
    why: 'automated_superseded' | 'answered_elsewhere',
    now: number,
  ): Promise<void> {
    await saveOutgoing(tx, row.intentId, { ...row, state: 'cancelled' }, { reason: why, settledAt: now });
    await this.options.receipts.show(tx, row, 'cancelled', now, why);
    const status = why === 'answered_elsewhere' ? 'answered_elsewhere' : 'cancelled';
    await this.options.receipts.tell(tx, row, { status, at: now, reason: why });
  }

  #target(shop: Shop): ChannelTarget | null {
    const url = shop.settings.replyUrl ?? this.options.demoBuyerUrl();
    const { secrets } = shop;
    if (url === null || secrets.length === 0) return null;
    return { url, secrets, requestTimeoutMs: settingMs(shop.settings.requestTimeout) };
  }
}

function times(shop: Shop): ChannelTimes {
  const { settings } = shop;
  return {
    requestTimeoutMs: settingMs(settings.requestTimeout),
    settleMs: settingMs(settings.settleTime),
    verdictTimeoutMs: settingMs(settings.verdictTimeout),
    readable: settings.readBack,
  };
}

/** The shop has no address or secret to send with: nothing left the house. */
function noWay(row: DeliveryRow): Transition {
  return { next: { ...row, state: 'failed' }, fate: 'failed', externalId: null, reason: 'reply_url_missing' };
}

/** Reasons of ours are codes; anything else is the channel's own words and stays with the message. */
function codeOf(reason: string): string {
  return /^[a-z0-9_]{1,64}$/.test(reason) ? reason : 'channel_reason';
}
