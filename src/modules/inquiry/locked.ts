import type { BuyerFacts, ConversationFacts, ShopFacts } from '../../domain/inquiry/facts.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { shopFacts } from '../shop/index.js';
import { wholeState } from './stored-state.js';

/** An inquiry under lock, with what hangs on it: conversation, shop, buyer. */
export type Locked = {
  readonly id: string;
  readonly number: number;
  readonly conversationId: string;
  readonly shopId: string;
  readonly shopName: string;
  readonly buyerId: string;
  readonly buyerName: Buffer | null;
  readonly definition: { readonly key: string; readonly version: number };
  readonly state: InquiryState | null;
  readonly openedAt: number;
  readonly lastSeq: number;
  readonly lastEventAt: number | null;
  readonly knownWake: number | null;
  /** A drain without the workflow changed the course; the workflow has not heard of it yet. */
  readonly ringWanted: boolean;
  readonly nextWake: number | null;
  readonly step: string | null;
  readonly closedAt: number | null;
  /** Opened to see whether the shop is served. */
  readonly test: boolean;
  readonly position: number;
  readonly onceMarks: Readonly<Record<string, number>>;
  readonly shop: ShopFacts;
  readonly buyer: BuyerFacts;
  readonly conversation: ConversationFacts;
  /** Its own key and its buyer's. */
  readonly keys: Keys;
};

type ConversationRow = {
  id: string;
  position: number;
  windowUntil: number | null;
  humanAnswered: boolean;
  lastAgentId: string | null;
  onceMarks: Record<string, number>;
};

const CONVERSATION = `
  select id, position, window_until as "windowUntil", human_answered as "humanAnswered",
         last_agent_id as "lastAgentId", once_marks as "onceMarks"
    from conversation
   where tenant_id = $1
     and id = (select conversation_id from inquiry where tenant_id = $1 and id = $2)`;

const INQUIRY = `
  select i.id, i.number, i.conversation_id as "conversationId", i.shop_id as "shopId", i.buyer_id as "buyerId",
         i.definition_key as "definitionKey", i.definition_version as "definitionVersion", i.state, i.data,
         i.opened_at as "openedAt", i.last_seq as "lastSeq", i.last_event_at as "lastEventAt",
         i.known_wake as "knownWake", i.ring_wanted as "ringWanted", i.next_wake as "nextWake", i.step, i.closed_at as "closedAt",
         i.one_answer as "oneAnswer", i.test,
         s.key as "shopKey", s.name as "shopName", s.channel, s.country, s.language as "shopLanguage", s.settings,
         b.name as "buyerName", b.language as "buyerLanguage", b.value, b.tags,
         b.blocked_at is not null as blocked,
         exists (select from inquiry o where o.tenant_id = i.tenant_id and o.conversation_id = i.conversation_id
                    and o.id <> i.id and o.opened_at < i.opened_at) as returning
    from inquiry i
    join shop s on s.tenant_id = i.tenant_id and s.id = i.shop_id
    join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.id = $2`;

/** The conversation is locked first, everywhere: accept and close meet on it. */
const LOCKED = { conversation: `${CONVERSATION} for update`, inquiry: `${INQUIRY} for update of i` };
const READ = { conversation: CONVERSATION, inquiry: INQUIRY };

type InquiryRow = {
  id: string;
  number: number;
  conversationId: string;
  shopId: string;
  buyerId: string;
  definitionKey: string;
  definitionVersion: number;
  state: InquiryState | null;
  data: Buffer | null;
  openedAt: number;
  lastSeq: number;
  lastEventAt: number | null;
  knownWake: number | null;
  ringWanted: boolean;
  nextWake: number | null;
  step: string | null;
  closedAt: number | null;
  oneAnswer: boolean;
  test: boolean;
  shopKey: string;
  shopName: string;
  channel: string;
  country: string;
  shopLanguage: string;
  settings: unknown;
  buyerName: Buffer | null;
  buyerLanguage: string | null;
  value: number;
  tags: string[];
  blocked: boolean;
  returning: boolean;
};

/** Locks an inquiry and its conversation; null when the tenant has no such inquiry. */
export function lockInquiry(tx: Tx, vault: Vault, inquiryId: string): Promise<Locked | null> {
  return standing(tx, vault, inquiryId, LOCKED);
}

/** The same without locks, for looking only. */
export function readInquiry(tx: Tx, vault: Vault, inquiryId: string): Promise<Locked | null> {
  return standing(tx, vault, inquiryId, READ);
}

async function standing(tx: Tx, vault: Vault, inquiryId: string, sql: typeof READ): Promise<Locked | null> {
  // Sent together, answered in this order: the conversation is locked before the inquiry.
  const [conversation, row] = await Promise.all([
    tx.first<ConversationRow>(sql.conversation, [tx.tenantId, inquiryId]),
    tx.first<InquiryRow>(sql.inquiry, [tx.tenantId, inquiryId]),
  ]);
  if (!conversation || !row) return null;
  const { id, number, conversationId, shopId, shopName, buyerId, buyerName, openedAt } = row;
  const keys = await vault.unlock(tx, { cases: [id], subjects: [buyerId] });
  const state = row.state === null ? null : wholeState(keys, id, row.state, row.data);
  return {
    keys,
    ...{ id, number, conversationId, shopId, shopName, buyerId, buyerName, state, openedAt },
    definition: { key: row.definitionKey, version: row.definitionVersion },
    lastSeq: row.lastSeq,
    lastEventAt: row.lastEventAt,
    knownWake: row.knownWake,
    ringWanted: row.ringWanted,
    nextWake: row.nextWake,
    step: row.step,
    closedAt: row.closedAt,
    test: row.test,
    position: conversation.position,
    onceMarks: conversation.onceMarks,
    shop: shopFacts({
      id: shopId,
      key: row.shopKey,
      channel: row.channel,
      country: row.country,
      language: row.shopLanguage,
      settings: row.settings,
    }),
    buyer: {
      id: buyerId,
      returning: row.returning,
      blocked: row.blocked,
      tags: row.tags,
      value: row.value,
      language: row.buyerLanguage,
    },
    conversation: {
      windowUntil: conversation.windowUntil,
      oneAnswer: row.oneAnswer,
      humanAnswered: conversation.humanAnswered,
      lastAgentId: conversation.lastAgentId,
      onceMarks: conversation.onceMarks,
    },
  };
}
