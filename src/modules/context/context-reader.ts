import type { Reach } from '../../domain/identity/permissions.js';
import type { Keys, Place, Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Cards, Connector, CouponCard, OrderCard, ProductCard } from '../channels/index.js';
import { readSubject } from '../conversation/index.js';
import type { ConversationSubject } from '../conversation/index.js';
import type { Door, Way, Ways } from '../delivery/index.js';

/** Something the platform said, and how old that is. */
type Said<T> = T & { readonly source: 'platform'; readonly at: string; readonly ageMs: number };

/** What stands beside a conversation (api.md, `/v1/conversations/{id}/context`). Instants are RFC 3339 UTC. */
export type ConversationContext = {
  readonly orders: readonly Said<OrderCard>[];
  /** What the buyer's newest message names. */
  readonly product: {
    readonly id: string;
    readonly title: string | null;
    readonly source: 'message';
    readonly messageId: string;
    readonly at: string;
    readonly ageMs: number;
  } | null;
  readonly products: readonly Said<ProductCard>[];
  /** Those of the shop that hold now or will. */
  readonly coupons: readonly Said<CouponCard>[];
  /** When the platform was asked; null where it has nothing to tell, or the reader sees no texts. */
  readonly platform: {
    readonly readAt: string | null;
    readonly ageMs: number | null;
    /** A code: why it could not be asked just now. */
    readonly problem: string | null;
  } | null;
};

/** What the platform said. `readAt` is epoch ms. */
type Kept = { readonly cards: Cards; readonly readAt: number };

type Found = { readonly subject: ConversationSubject; readonly kept: Kept | null; readonly way: Way | null };

/** What is younger is shown as it is, in ms. */
const FRESH_MS = 10 * 60_000;

/** Somebody waits for the page while the platform is asked, in ms. */
const PATIENCE_MS = 4_000;

/** Reads what a conversation is about: from its messages, and from the platform, whose word is kept for a while. */
export class ContextReader {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly ways: Ways,
  ) {}

  /**
   * What stands beside a conversation that exists.
   *
   * @param refresh whether the platform is asked again although it was asked lately
   */
  async read(tenantId: string, id: string, reach: Reach, refresh: boolean): Promise<ConversationContext> {
    const found = await this.database.tenant(tenantId, (tx) => this.#find(tx, id));
    if (found === null) return view(Date.now(), null, reach, null);
    const { subject, kept, way } = found;
    const door = way === null ? null : knowing(way.connector);
    const isAsked = reach !== 'no_text' && way !== null && door !== null;
    if (!isAsked) return view(Date.now(), subject, reach, null);
    if (!refresh && kept !== null && Date.now() - kept.readAt < FRESH_MS)
      return view(Date.now(), subject, reach, { kept, problem: null });
    const answer = await this.#ask(way, door, subject);
    if ('problem' in answer) return view(Date.now(), subject, reach, { kept, problem: answer.problem });
    const now: Kept = { cards: answer, readAt: Date.now() };
    await this.database.tenant(tenantId, (tx) => this.#keep(tx, id, subject.buyerId, now));
    return view(Date.now(), subject, reach, { kept: now, problem: null });
  }

  async #find(tx: Tx, id: string): Promise<Found | null> {
    const subject = await readSubject(tx, this.vault, id);
    if (subject === null) return null;
    const row = await tx.first<{ body: Buffer; readAt: number }>(
      'select body, read_at as "readAt" from conversation_context where tenant_id = $1 and conversation_id = $2',
      [tx.tenantId, id],
    );
    const keys = await this.vault.unlock(tx, { subjects: [subject.buyerId] });
    const cards = row === undefined ? null : keys.shownJson<Cards>(placeOf(id, subject.buyerId), row.body);
    const way = await this.ways.of(tx, subject.shopId);
    return {
      subject,
      kept: row === undefined || cards === null ? null : { cards, readAt: row.readAt },
      way: typeof way === 'string' ? null : way,
    };
  }

  /** Asks the platform, outside of any transaction. */
  async #ask(
    way: Way,
    door: Door,
    { conversationIds, orderIds, products }: ConversationSubject,
  ): Promise<Cards | { readonly problem: string }> {
    const access = await this.ways.access(way, door);
    if ('reason' in access) return { problem: access.reason };
    const subject = { conversationIds, orderIds, productIds: products.map(({ id }) => id) };
    const answer = await door.context?.read({ ...access, requestTimeoutMs: PATIENCE_MS }, subject);
    if (answer?.kind === 'read') return answer.value;
    if (answer?.kind === 'unauthorised' && answer.code === 'token_invalid') await this.ways.refuse(way, access, door);
    return { problem: answer !== undefined && 'code' in answer ? answer.code : 'answer_unreadable' };
  }

  /** Keeps it under the buyer's key, unless they were erased meanwhile. */
  async #keep(tx: Tx, id: string, buyerId: string, { cards, readAt }: Kept): Promise<void> {
    const keys: Keys = await this.vault.unlock(tx, { subjects: [buyerId] });
    if (keys.isErased({ subject: buyerId })) return;
    await tx.run(
      `insert into conversation_context (tenant_id, conversation_id, body, read_at) values ($1, $2, $3, $4)
       on conflict (tenant_id, conversation_id) do update set body = excluded.body, read_at = excluded.read_at`,
      [tx.tenantId, id, keys.sealJson(placeOf(id, buyerId), cards), instant(readAt)],
    );
  }
}

/** What of a channel knows orders and products; null where nothing does. */
function knowing(connector: Connector): Door | null {
  if (connector.context !== undefined) return connector;
  return connector.beside?.context === undefined ? null : connector.beside;
}

function view(
  now: number,
  subject: ConversationSubject | null,
  reach: Reach,
  platform: { readonly kept: Kept | null; readonly problem: string | null } | null,
): ConversationContext {
  const [named] = subject?.products ?? [];
  const kept = platform?.kept ?? null;
  const said = <T>(card: T): Said<T> => ({ ...card, source: 'platform', ...agedAt(kept?.readAt ?? now, now) });
  return {
    orders: (kept?.cards.orders ?? []).map(said),
    product:
      named === undefined
        ? null
        : {
            id: named.id,
            title: reach === 'no_text' ? null : named.title,
            source: 'message',
            messageId: named.messageId,
            ...agedAt(named.at, now),
          },
    products: (kept?.cards.products ?? []).map(said),
    coupons: (kept?.cards.coupons ?? []).map(said),
    platform:
      platform === null
        ? null
        : {
            readAt: kept === null ? null : new Date(kept.readAt).toISOString(),
            ageMs: kept === null ? null : now - kept.readAt,
            problem: platform.problem,
          },
  };
}

function agedAt(at: number, now: number): { readonly at: string; readonly ageMs: number } {
  return { at: new Date(at).toISOString(), ageMs: now - at };
}

/** It is about what the buyer bought and asked about, over all their inquiries. */
function placeOf(conversationId: string, buyerId: string): Place {
  return { owner: { subject: buyerId }, table: 'conversation_context', column: 'body', row: conversationId };
}
