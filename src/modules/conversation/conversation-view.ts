import type { Reach } from '../../domain/identity/permissions.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';

type Person = { readonly id: string; readonly name: string | null };

/** One conversation: everything a buyer and a shop ever wrote to each other (api.md, `/v1/conversations/{id}`). */
export type ConversationView = {
  readonly id: string;
  readonly shopId: string;
  readonly shopName: string;
  readonly channel: string;
  readonly buyer: Person;
  readonly language: string | null;
  /** Until when the channel takes free text, where it has such a rule. */
  readonly windowUntil: string | null;
  /** Who answered last. */
  readonly lastAgent: Person | null;
  /** Newest first, at most 100. */
  readonly inquiries: readonly {
    readonly id: string;
    readonly number: number;
    readonly state: string;
    readonly intent: string | null;
    readonly queue: string | null;
    readonly openedAt: string;
    readonly closedAt: string | null;
  }[];
  readonly createdAt: string;
};

type Row = {
  readonly id: string;
  readonly shopId: string;
  readonly shopName: string;
  readonly channel: string;
  readonly buyerId: string;
  readonly buyerName: Buffer | null;
  readonly language: string | null;
  readonly windowUntil: number | null;
  readonly lastAgentId: string | null;
  readonly lastAgentName: string | null;
  readonly createdAt: number;
};

const CONVERSATION = `
  select c.id, c.shop_id as "shopId", s.name as "shopName", s.channel, c.buyer_id as "buyerId", b.name as "buyerName",
         c.language, c.window_until as "windowUntil", c.last_agent_id as "lastAgentId", a.name as "lastAgentName",
         c.created_at as "createdAt"
    from conversation c
    join shop s on s.tenant_id = c.tenant_id and s.id = c.shop_id
    join buyer b on b.tenant_id = c.tenant_id and b.id = c.buyer_id
    left join member a on a.tenant_id = c.tenant_id and a.id = c.last_agent_id
   where c.tenant_id = $1 and c.id = $2`;

const INQUIRIES = `
  select id, number, status as state, intent, queue_key as queue, opened_at as "openedAt", closed_at as "closedAt"
    from inquiry where tenant_id = $1 and conversation_id = $2 order by opened_at desc, id desc limit 100`;

type InquiryOf = Omit<ConversationView['inquiries'][number], 'openedAt' | 'closedAt'> & {
  readonly openedAt: number;
  readonly closedAt: number | null;
};

/** A conversation as a reader with this reach sees it, or null when the tenant has none of that id. */
export async function readConversation(
  tx: Tx,
  vault: Vault,
  conversationId: string,
  reach: Reach,
): Promise<ConversationView | null> {
  const row = await tx.first<Row>(CONVERSATION, [tx.tenantId, conversationId]);
  if (!row) return null;
  const inquiries = await tx.query<InquiryOf>(INQUIRIES, [tx.tenantId, conversationId]);
  const keys = await vault.unlock(tx, { subjects: [row.buyerId] });
  const place = { owner: { subject: row.buyerId }, table: 'buyer', column: 'name', row: row.buyerId };
  return {
    id: row.id,
    shopId: row.shopId,
    shopName: row.shopName,
    channel: row.channel,
    buyer: { id: row.buyerId, name: reach === 'no_text' ? null : keys.shown(place, row.buyerName) },
    language: row.language,
    windowUntil: rfc3339(row.windowUntil),
    lastAgent: row.lastAgentId === null ? null : { id: row.lastAgentId, name: row.lastAgentName },
    inquiries: inquiries.map((one) => ({ ...one, openedAt: rfc3339(one.openedAt), closedAt: rfc3339(one.closedAt) })),
    createdAt: rfc3339(row.createdAt),
  };
}

/**
 * Queues in which the conversation has, or had, an inquiry, with null for one that is in none yet; null when the tenant has
 * no such conversation.
 */
export async function queuesOfConversation(tx: Tx, conversationId: string): Promise<(string | null)[] | null> {
  const rows = await tx.query<{ queue: string | null }>(
    `select distinct i.queue_key as queue
       from conversation c left join inquiry i on i.tenant_id = c.tenant_id and i.conversation_id = c.id
      where c.tenant_id = $1 and c.id = $2`,
    [tx.tenantId, conversationId],
  );
  return rows.length === 0 ? null : rows.map(({ queue }) => queue);
}

function rfc3339(ms: number): string;
function rfc3339(ms: number | null): string | null;
function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
