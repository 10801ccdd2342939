import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Accounts } from '../account/index.js';
import { noteHint, readHint } from '../channels/index.js';
import type { Access, ChannelEvent, Connector, Connectors, HintRead, KeptHint } from '../channels/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import type { WorkItem } from '../work/index.js';
import type { RawDelivery } from './accept.js';
import type { EventAcceptor } from './event-acceptor.js';
import { isOnItsWay } from './on-its-way.js';
import { keepUnread } from './unread.js';

/** How long a shop whose consent is missing is left alone, in ms; a new consent asks for everything at once. */
const UNAUTHORISED_MS = 60_000;

/** A platform shows some things a little later than it tells of them. */
const ABSENT_TRIES = 6;
const FORBIDDEN_TRIES = 3;
const MAX_PAUSE_MS = 60_000;

/** While a message of ours is being handed over, an answer that is read may be that message. */
const OWN_ANSWER_MS = 2_000;

/** What nobody should have to look for. */
const NEWS: ReadonlySet<ChannelEvent['type']> = new Set(['message.received', 'reply.external']);

type Part = { readonly shop: Shop; readonly kept: KeptHint; readonly connector: Connector };

/**
 * Reads what platforms hinted at and accepts what it finds, like anything a channel tells. Nothing is dropped: what cannot be read
 * now is read later, what cannot be understood goes to quarantine.
 */
export class HintReader {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
    private readonly accounts: Accounts,
    private readonly events: EventAcceptor,
  ) {}

  /** Handles one `fetch` or `catch_up` item (a kept hint); returns when to look again (epoch ms), or null. */
  async handle(item: WorkItem): Promise<number | null> {
    const part = await this.database.tenant(item.tenantId, (tx) => this.#find(tx, item.ref));
    if (part === null) return null;
    const { shop, kept, connector } = part;
    // Asked for twice, by a notice and by a sweep, and read once.
    if (kept.isRead) return null;
    const { reading } = connector;
    if (reading === undefined) return null;
    const result = await this.accounts.access(shop, connector);
    if (result.kind === 'unauthorised') return Date.now() + UNAUTHORISED_MS;
    if (result.kind === 'later') return Date.now() + result.retryAfterMs;
    const answer = await reading.read(result.access, kept.hint);
    return this.#conclude(item, part, result.access, answer);
  }

  async #find(tx: Tx, id: string): Promise<Part | null> {
    const kept = await readHint(tx, await this.vault.unlock(tx), id);
    const shop = kept === null ? null : await this.shops.read(tx, kept.shopId);
    const connector = shop === null ? undefined : this.connectors.of(shop.channel);
    return kept === null || shop === null || connector === undefined ? null : { shop, kept, connector };
  }

  async #conclude(item: WorkItem, { shop, kept }: Part, access: Access, answer: HintRead): Promise<number | null> {
    const { tries } = kept;
    switch (answer.kind) {
      case 'read':
      case 'partial':
        return this.#accept(item, shop, kept, answer);
      case 'absent':
        return this.#absent(item, kept, 0);
      case 'later':
        await this.accounts.note(shop, answer.code);
        return this.#again(item, kept, answer.code, Math.max(answer.retryAfterMs ?? 0, pause(tries)));
      case 'unauthorised':
        if (answer.code === 'token_invalid') await this.accounts.expire(shop, access);
        else await this.accounts.note(shop, answer.code);
        return answer.code !== 'token_invalid' && tries >= FORBIDDEN_TRIES
          ? this.#done(item, kept, answer.code)
          : this.#again(item, kept, answer.code, pause(tries));
      case 'unreadable': {
        const body = Buffer.from(JSON.stringify({ hint: kept.hint, answer: answer.body }));
        const raw: RawDelivery = { webhookId: null, body, receivedAt: Date.now() };
        await this.database.tenant(shop.tenantId, (tx) => keepUnread(tx, this.vault, shop, raw, answer.errors));
        return this.#done(item, kept, 'unreadable');
      }
    }
  }

  /** Accepts events one after the other, in the channel's order; each is recognised when it comes again. */
  async #accept(
    item: WorkItem,
    shop: Shop,
    kept: KeptHint,
    { kind, value: events }: Extract<HintRead, { readonly value: unknown }>,
  ): Promise<number | null> {
    const { hint } = kept;
    let news = 0;
    for (const event of events) {
      const receivedAt = Date.now();
      if (event.type === 'reply.external' && (await this.#isOnItsWay(shop, event.data.conversationId))) {
        return this.#again(item, kept, 'own_answer', OWN_ANSWER_MS, news);
      }
      const raw: RawDelivery = { webhookId: null, body: Buffer.from(JSON.stringify({ hint, event })), receivedAt };
      const { duplicate } = await this.events.accept(shop, event, raw);
      if (!duplicate && NEWS.has(event.type)) news += 1;
    }
    return kind === 'read' ? this.#done(item, kept, 'read', news) : this.#absent(item, kept, news);
  }

  /** What is not there may be there a little later. */
  #absent(item: WorkItem, kept: KeptHint, news: number): Promise<number | null> {
    return kept.tries < ABSENT_TRIES
      ? this.#again(item, kept, 'absent', pause(kept.tries), news)
      : this.#done(item, kept, 'absent', news);
  }

  #isOnItsWay(shop: Shop, conversationId: string): Promise<boolean> {
    return this.database.tenant(shop.tenantId, async (tx) =>
      isOnItsWay(tx, await this.vault.unlock(tx), shop.id, conversationId),
    );
  }

  async #again(item: WorkItem, kept: KeptHint, outcome: string, pauseMs: number, news = 0): Promise<number> {
    return (await this.#note(item, kept, { outcome, done: false, news })) + pauseMs;
  }

  async #done(item: WorkItem, kept: KeptHint, outcome: string, news = 0): Promise<null> {
    await this.#note(item, kept, { outcome, done: true, news });
    return null;
  }

  async #note(
    { tenantId, ref }: WorkItem,
    { seenAt }: KeptHint,
    result: { readonly outcome: string; readonly done: boolean; readonly news: number },
  ): Promise<number> {
    const at = Date.now();
    await this.database.tenant(tenantId, (tx) => noteHint(tx, ref, { ...result, seenAt, at }));
    return at;
  }
}

/** Growing pause with jitter, in ms. */
function pause(tries: number): number {
  const full = Math.min(MAX_PAUSE_MS, 1_000 * 2 ** Math.min(tries, 6));
  return full / 2 + Math.random() * (full / 2);
}
