import { emptyState } from '../../domain/inquiry/state.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { lockConversationRow, nextPosition } from '../conversation/index.js';
import type { ShopDirectory } from '../shop/index.js';
import { requestWork } from '../work/index.js';
import { continuation, openInquiry, openInquiryOf } from './opening.js';

type Closed = {
  readonly conversationId: string;
  readonly shopId: string;
  readonly threadHash: Buffer | null;
  readonly oneAnswer: boolean;
  readonly test: boolean;
  readonly state: InquiryState | null;
  readonly openedAt: number;
  readonly closed: boolean;
  readonly erased: boolean;
  readonly buyerId: string;
  readonly tags: readonly string[];
  readonly value: number;
  readonly blocked: boolean;
};

const CLOSED = `
  select i.conversation_id as "conversationId", i.shop_id as "shopId", i.thread_hash as "threadHash",
         i.one_answer as "oneAnswer", i.test, i.state, i.opened_at as "openedAt",
         i.closed_at is not null as closed, i.erased_at is not null as erased, b.id as "buyerId", b.tags, b.value,
         b.blocked_at is not null as blocked
    from inquiry i join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.id = $2`;

export type Reopened =
  | { readonly inquiryId: string }
  | { readonly refused: 'not_closed' | 'erased' }
  /** The conversation has an open inquiry already. */
  | { readonly refused: 'inquiry_open'; readonly openId: string };

/** Goes on with closed inquiries: always as a new, linked one. */
export class Reopener {
  constructor(
    private readonly shops: ShopDirectory,
    readonly vault: Vault,
    readonly calendars: CalendarStore,
  ) {}

  /** Opens a linked inquiry by hand. */
  async reopen(tx: Tx, inquiryId: string, at: number): Promise<Reopened> {
    const { conversationId } = await tx.one<{ conversationId: string }>(
      'select conversation_id as "conversationId" from inquiry where tenant_id = $1 and id = $2',
      [tx.tenantId, inquiryId],
    );
    await lockConversationRow(tx, conversationId);
    const closed = await tx.one<Closed>(CLOSED, [tx.tenantId, inquiryId]);
    const shop = await this.shops.read(tx, closed.shopId);
    if (!closed.closed) return { refused: 'not_closed' };
    if (closed.erased || !shop) return { refused: 'erased' };
    const openId = await openInquiryOf(tx, conversationId, closed.threadHash);
    if (openId !== null) return { refused: 'inquiry_open', openId };
    const id = await openInquiry(tx, this, {
      shop,
      conversationId,
      buyer: { id: closed.buyerId, tags: closed.tags, value: closed.value, blocked: closed.blocked },
      returning: true,
      message: null,
      threadHash: closed.threadHash,
      oneAnswer: closed.oneAnswer,
      test: closed.test,
      linked: await continuation(tx, this.calendars, {
        inquiryId,
        state: closed.state ?? emptyState(closed.openedAt),
        cause: 'reopened',
        at,
      }),
      backfill: false,
      acceptNo: await nextPosition(tx, conversationId),
      at,
    });
    await requestWork(tx, [{ kind: 'ring', ref: id, inquiryId: id, dueAt: at }]);
    return { inquiryId: id };
  }
}
