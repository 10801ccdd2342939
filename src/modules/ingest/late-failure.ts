import type { InquiryState } from '../../domain/inquiry/state.js';
import { emptyState } from '../../domain/inquiry/state.js';
import { nextPosition } from '../conversation/index.js';
import type { LateFailure } from '../inquiry/index.js';
import type { ShopDirectory } from '../shop/index.js';
import { requestWork } from '../work/index.js';
import { continuation, openInquiry } from './opening.js';
import type { OpeningTools } from './opening.js';

type Closed = {
  readonly conversationId: string;
  readonly shopId: string;
  readonly threadHash: Buffer | null;
  readonly oneAnswer: boolean;
  readonly test: boolean;
  readonly buyerId: string;
  readonly state: InquiryState | null;
  readonly openedAt: number;
  readonly tags: readonly string[];
  readonly value: number;
  readonly blocked: boolean;
  readonly erased: boolean;
};

const CLOSED = `
  select i.conversation_id as "conversationId", i.shop_id as "shopId", i.buyer_id as "buyerId", i.thread_hash as "threadHash",
         i.one_answer as "oneAnswer", i.test, i.state,
         i.opened_at as "openedAt", i.erased_at is not null as erased, b.tags, b.value, b.blocked_at is not null as blocked
    from inquiry i join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.id = $2`;

/**
 * Opens a linked inquiry that holds only the task to write a message again which failed after its inquiry was closed, beside
 * whatever else of the conversation is open. Of an erased one nobody could write anything again.
 */
export function lateFailure(shops: ShopDirectory, tools: OpeningTools): LateFailure {
  return async (tx, failed) => {
    const closed = await tx.one<Closed>(CLOSED, [tx.tenantId, failed.inquiryId]);
    const shop = await shops.read(tx, closed.shopId);
    if (closed.erased || !shop) return;
    const at = Date.now();
    const linked = await continuation(tx, tools.calendars, {
      inquiryId: failed.inquiryId,
      state: closed.state ?? emptyState(closed.openedAt),
      cause: 'delivery_failed',
      at,
    });
    const inquiryId = await openInquiry(tx, tools, {
      shop,
      conversationId: closed.conversationId,
      buyer: { id: closed.buyerId, tags: closed.tags, value: closed.value, blocked: closed.blocked },
      returning: true,
      message: null,
      threadHash: closed.threadHash,
      oneAnswer: closed.oneAnswer,
      test: closed.test,
      linked: {
        ...linked,
        failedSend: { messageId: failed.messageId, memberId: failed.memberId, reason: failed.reason },
      },
      backfill: false,
      acceptNo: await nextPosition(tx, closed.conversationId),
      at,
    });
    await requestWork(tx, [{ kind: 'ring', ref: inquiryId, inquiryId, dueAt: at }]);
  };
}
