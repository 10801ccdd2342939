import { newId } from '../../platform/ids/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Shop } from '../shop/index.js';

export type BuyerGiven = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly language?: string | undefined;
};

export type BuyerRow = {
  readonly id: string;
  readonly name: Buffer | null;
  readonly language: string | null;
  readonly value: number;
  readonly tags: readonly string[];
  readonly blocked: boolean;
};

/** A conversation under lock. */
export type ConversationRow = {
  readonly id: string;
  readonly position: number;
  readonly humanAnswered: boolean;
  readonly lastAgentId: string | null;
  readonly language: string | null;
  readonly windowUntil: number | null;
};

const BUYER_COLUMNS = 'id, name, language, value, tags, blocked_at is not null as blocked';
const BUYER = `
  select ${BUYER_COLUMNS}
    from buyer where tenant_id = $1 and shop_id = $2 and external_hash = $3`;

const CONVERSATION_COLUMNS = `
  id, position, human_answered as "humanAnswered", last_agent_id as "lastAgentId", language, window_until as "windowUntil"`;
const CONVERSATION = `select ${CONVERSATION_COLUMNS} from conversation where tenant_id = $1`;

/** Finds or makes the buyer a channel names, and keeps the newest name it gave. */
export async function findBuyer(tx: Tx, vault: Vault, shop: Shop, given: BuyerGiven): Promise<BuyerRow> {
  const hash = (await vault.unlock(tx)).lookup('buyer', given.id);
  const found = await tx.first<BuyerRow>(BUYER, [tx.tenantId, shop.id, hash]);
  if (found) {
    await keepName(tx, vault, found, given);
    return found;
  }
  const id = newId();
  const keys = await vault.newSubject(tx, id);
  const place = (column: string) => ({ owner: { subject: id }, table: 'buyer', column, row: id });
  const made = await tx.first<BuyerRow>(
    `insert into buyer (tenant_id, id, shop_id, external_hash, external_id, name, language)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, shop_id, external_hash) do nothing
     returning ${BUYER_COLUMNS}`,
    [
      tx.tenantId,
      id,
      shop.id,
      hash,
      keys.seal(place('external_id'), given.id),
      keys.sealOptional(place('name'), given.name),
      given.language ?? null,
    ],
  );
  return made ?? tx.one<BuyerRow>(BUYER, [tx.tenantId, shop.id, hash]);
}

async function keepName(tx: Tx, vault: Vault, buyer: BuyerRow, given: BuyerGiven): Promise<void> {
  const place = { owner: { subject: buyer.id }, table: 'buyer', column: 'name', row: buyer.id };
  const keys = given.name === undefined ? null : await vault.unlock(tx, { subjects: [buyer.id] });
  const newName = keys !== null && keys.open(place, buyer.name) !== given.name;
  const newLanguage = given.language !== undefined && given.language !== buyer.language;
  if (!newName && !newLanguage) return;
  await tx.post(
    'update buyer set name = coalesce($3, name), language = coalesce($4, language) where tenant_id = $1 and id = $2',
    [tx.tenantId, buyer.id, newName ? keys.sealOptional(place, given.name) : null, given.language ?? null],
  );
}

/** Finds or makes the one conversation of a buyer with a shop, and locks it. */
export async function lockConversation(tx: Tx, shop: Shop, buyerId: string): Promise<ConversationRow> {
  const sql = `${CONVERSATION} and shop_id = $2 and buyer_id = $3 for update`;
  const found = await tx.first<ConversationRow>(sql, [tx.tenantId, shop.id, buyerId]);
  if (found) return found;
  const made = await tx.first<ConversationRow>(
    `insert into conversation (tenant_id, id, shop_id, buyer_id) values ($1, $2, $3, $4)
     on conflict (tenant_id, shop_id, buyer_id) do nothing returning ${CONVERSATION_COLUMNS}`,
    [tx.tenantId, newId(), shop.id, buyerId],
  );
  return made ?? tx.one<ConversationRow>(sql, [tx.tenantId, shop.id, buyerId]);
}

/** The conversation a channel knows by this id of its own, locked, or null. */
export async function lockByAddress(tx: Tx, keys: Keys, shop: Shop, address: string): Promise<ConversationRow | null> {
  const row = await tx.first<ConversationRow>(
    `${CONVERSATION} and id = (select conversation_id from conversation_address
        where tenant_id = $1 and shop_id = $2 and address_hash = $3) for update`,
    [tx.tenantId, shop.id, keys.lookup('address', address)],
  );
  return row ?? null;
}

/** Remembers a channel's own id for a conversation. */
export async function keepAddress(
  tx: Tx,
  keys: Keys,
  shop: Shop,
  address: string,
  conversationId: string,
): Promise<void> {
  await tx.post(
    `insert into conversation_address (tenant_id, shop_id, address_hash, conversation_id) values ($1, $2, $3, $4)
     on conflict (tenant_id, shop_id, address_hash) do nothing`,
    [tx.tenantId, shop.id, keys.lookup('address', address), conversationId],
  );
}
