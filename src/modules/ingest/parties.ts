import { newId } from '../../platform/ids/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Shop } from '../shop/index.js';

export type BuyerGiven = {
  readonly id: string;
  /** All ids the channel has for them, where it may have several. */
  readonly ids?: readonly string[] | undefined;
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

/** Whoever has been known longest by one of these ids. */
const BUYER_BY_ANY = `
  select ${BUYER_COLUMNS} from buyer where tenant_id = $1 and id in (
           select id from buyer where tenant_id = $1 and shop_id = $2 and external_hash = any($3::bytea[])
           union
           select c.buyer_id from conversation_address a
             join conversation c on c.tenant_id = a.tenant_id and c.id = a.conversation_id
            where a.tenant_id = $1 and a.shop_id = $2 and a.address_hash = any($4::bytea[]))
   order by id limit 1`;

/** The buyer a channel names, by the id it puts first or by any other it has for them; or undefined. */
export async function knownBuyer(tx: Tx, keys: Keys, shop: Shop, given: BuyerGiven): Promise<BuyerRow | undefined> {
  const { id, ids = [] } = given;
  const found = await tx.first<BuyerRow>(BUYER, [tx.tenantId, shop.id, keys.lookup('buyer', id)]);
  if (found !== undefined || ids.length === 0) return found;
  return tx.first<BuyerRow>(BUYER_BY_ANY, [
    tx.tenantId,
    shop.id,
    ids.map((one) => keys.lookup('buyer', one)),
    ids.map((one) => keys.lookup('address', buyerAddress(one))),
  ]);
}

/** Remembers every id a channel has for a buyer: they have one conversation with a shop, so that it stands for them. */
export async function keepBuyerIds(
  tx: Tx,
  keys: Keys,
  shop: Shop,
  { ids = [] }: BuyerGiven,
  conversationId: string,
): Promise<void> {
  for (const id of ids) await keepAddress(tx, keys, shop, buyerAddress(id), conversationId);
}

/** An id of a buyer among the channel's ids of conversations. */
const buyerAddress = (id: string): string => `buyer|${id}`;

/**
 * Keeps the newest name a channel gave for a buyer; makes the buyer when it was not found. `isNew` = made in this transaction.
 */
export async function keepBuyer(
  tx: Tx,
  vault: Vault,
  shop: Shop,
  given: BuyerGiven,
  found: BuyerRow | undefined,
): Promise<BuyerRow & { readonly isNew: boolean }> {
  if (found) {
    await keepName(tx, vault, found, given);
    return { ...found, isNew: false };
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
      keys.lookup('buyer', given.id),
      keys.seal(place('external_id'), given.id),
      keys.sealOptional(place('name'), given.name),
      given.language ?? null,
    ],
  );
  if (made) return { ...made, isNew: true };
  return { ...(await tx.one<BuyerRow>(BUYER, [tx.tenantId, shop.id, keys.lookup('buyer', given.id)])), isNew: false };
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

/** Finds or makes the one conversation of a buyer with a shop, and locks it. A new buyer cannot have one. */
export async function lockConversation(
  tx: Tx,
  shop: Shop,
  { id: buyerId, isNew }: { readonly id: string; readonly isNew: boolean },
): Promise<ConversationRow> {
  const sql = `${CONVERSATION} and shop_id = $2 and buyer_id = $3 for update`;
  const found = isNew ? undefined : await tx.first<ConversationRow>(sql, [tx.tenantId, shop.id, buyerId]);
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

/** By what the inquiry of a channel's thread is found. */
export function threadHashOf(keys: Keys, shop: Shop, threadId: string): Buffer {
  return keys.lookup(`thread|${shop.id}`, threadId);
}
