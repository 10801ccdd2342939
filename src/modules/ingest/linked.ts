import type { Category } from '../../domain/inquiry/category.js';
import { emptyState } from '../../domain/inquiry/state.js';
import type { LinkedOpening } from '../../domain/inquiry/events.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Tx } from '../../platform/database/index.js';
import { nextPosition } from '../conversation/index.js';
import type { Shop } from '../shop/index.js';
import { requestWork } from '../work/index.js';
import { continuation, openInquiry } from './opening.js';
import type { OpeningTools } from './opening.js';

/** An inquiry, with what one that goes on with it has in common with it. */
export type EarlierInquiry = {
  readonly id: string;
  readonly conversationId: string;
  readonly shopId: string;
  readonly threadHash: Buffer | null;
  readonly oneAnswer: boolean;
  readonly test: boolean;
  readonly category: Category;
  readonly state: InquiryState | null;
  readonly openedAt: number;
  readonly closed: boolean;
  readonly erased: boolean;
  readonly buyerId: string;
  readonly tags: readonly string[];
  readonly value: number;
  readonly blocked: boolean;
};

const EARLIER = `
  select i.id, i.conversation_id as "conversationId", i.shop_id as "shopId", i.thread_hash as "threadHash",
         i.one_answer as "oneAnswer", i.test, i.category, i.state, i.opened_at as "openedAt",
         i.closed_at is not null as closed, i.erased_at is not null as erased, b.id as "buyerId", b.tags, b.value,
         b.blocked_at is not null as blocked
    from inquiry i join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.id = $2`;

/** The inquiry that another is to go on with, whether it is closed or not. */
export function readEarlier(tx: Tx, inquiryId: string): Promise<EarlierInquiry> {
  return tx.one<EarlierInquiry>(EARLIER, [tx.tenantId, inquiryId]);
}

/**
 * Opens an inquiry that goes on with a closed one: in its thread, for its buyer, and as a test where that was one. It is rung for; its
 * id is returned. The conversation must be locked.
 */
export async function openLinked(
  tx: Tx,
  tools: OpeningTools,
  earlier: EarlierInquiry,
  {
    shop,
    cause,
    failedSend = null,
    at,
  }: {
    readonly shop: Shop;
    readonly cause: LinkedOpening['cause'];
    /** The message that only this inquiry is there to write again. */
    readonly failedSend?: LinkedOpening['failedSend'];
    readonly at: number;
  },
): Promise<string> {
  const { id, conversationId, threadHash, oneAnswer, test, category, buyerId, tags, value, blocked } = earlier;
  const state = earlier.state ?? emptyState(earlier.openedAt);
  const linked = await continuation(tx, tools.calendars, { inquiryId: id, state, cause, at });
  const inquiryId = await openInquiry(tx, tools, {
    ...{ shop, conversationId, threadHash, oneAnswer, test, category, at },
    buyer: { id: buyerId, tags, value, blocked },
    returning: true,
    message: null,
    linked: { ...linked, failedSend },
    backfill: false,
    acceptNo: await nextPosition(tx, conversationId),
  });
  await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: at }]);
  return inquiryId;
}
