import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { lockConversationRow } from '../conversation/index.js';
import type { ShopDirectory } from '../shop/index.js';
import { openLinked, readEarlier } from './linked.js';
import { openInquiryOf } from './opening.js';

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
    const closed = await readEarlier(tx, inquiryId);
    const shop = await this.shops.read(tx, closed.shopId);
    if (!closed.closed) return { refused: 'not_closed' };
    if (closed.erased || !shop) return { refused: 'erased' };
    const openId = await openInquiryOf(tx, conversationId, closed.threadHash);
    if (openId !== null) return { refused: 'inquiry_open', openId };
    return { inquiryId: await openLinked(tx, this, closed, { shop, cause: 'reopened', at }) };
  }
}
