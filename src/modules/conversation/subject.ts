import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';

/** A product that a buyer named by where they wrote. */
export type NamedProduct = {
  readonly id: string;
  readonly title: string | null;
  readonly messageId: string;
  /** When they wrote, epoch ms. */
  readonly at: number;
};

/** What a conversation may be about, by what its messages say. */
export type ConversationSubject = {
  readonly shopId: string;
  readonly buyerId: string;
  /** The channel's own ids of it, the newest first. */
  readonly conversationIds: readonly string[];
  /** The channel's ids of orders that messages name, the newest first. */
  readonly orderIds: readonly string[];
  /** The newest first, each once. */
  readonly products: readonly NamedProduct[];
};

/** How many of the last messages are looked at. */
const MESSAGES = 50;

type Row = {
  readonly id: string;
  readonly inquiryId: string;
  readonly about: Buffer | null;
  readonly address: Buffer | null;
  readonly sentAt: number;
};

/**
 * Reads what a conversation is about from its last messages; null when there is no such conversation.
 *
 * @param inquiryId of an inquiry whose messages count as the newest; null = none does
 */
export async function readSubject(
  tx: Tx,
  vault: Vault,
  conversationId: string,
  inquiryId: string | null = null,
): Promise<ConversationSubject | null> {
  const conversation = await tx.first<{ shopId: string; buyerId: string }>(
    'select shop_id as "shopId", buyer_id as "buyerId" from conversation where tenant_id = $1 and id = $2',
    [tx.tenantId, conversationId],
  );
  if (!conversation) return null;
  const rows = await tx.query<Row>(
    `select id, inquiry_id as "inquiryId", about, reply_address as address, sent_at as "sentAt" from message
      where tenant_id = $1 and conversation_id = $2 and (about is not null or reply_address is not null)
      order by coalesce(inquiry_id = $3, false) desc, position desc limit ${MESSAGES}`,
    [tx.tenantId, conversationId, inquiryId],
  );
  const keys = await vault.unlock(tx, { cases: [...new Set(rows.map(({ inquiryId }) => inquiryId))] });
  const named = rows.map((row) => ({ row, about: aboutOf(keys, row) }));
  const products = named.flatMap(({ row, about }) => productOf(row, about));
  const orderIds = named.flatMap(({ about }) => (about?.kind === 'order' ? about.id : []));
  const addresses = rows.flatMap((row) => keys.shown(placeOf(row, 'reply_address'), row.address) ?? []);
  return {
    ...conversation,
    conversationIds: [...new Set(addresses)],
    orderIds: [...new Set(orderIds)],
    products: products.filter(({ id }, index) => products.findIndex((one) => one.id === id) === index),
  };
}

type About = { readonly kind: string; readonly id: string; readonly title?: string };

function aboutOf(keys: Keys, row: Row): About | null {
  return keys.shownJson<About>(placeOf(row, 'about'), row.about);
}

function productOf(row: Row, about: About | null): NamedProduct[] {
  if (about?.kind !== 'product') return [];
  return [{ id: about.id, title: about.title ?? null, messageId: row.id, at: row.sentAt }];
}

function placeOf({ id, inquiryId }: Row, column: 'about' | 'reply_address') {
  return { owner: { case: inquiryId }, table: 'message', column, row: id };
}
