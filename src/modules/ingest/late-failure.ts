import type { LateFailure } from '../inquiry/index.js';
import type { ShopDirectory } from '../shop/index.js';
import { openLinked, readEarlier } from './linked.js';
import type { OpeningTools } from './opening.js';

/**
 * Opens a linked inquiry that holds only the task to write a message again which failed after its inquiry was closed, beside
 * whatever else of the conversation is open. Of an erased one nobody could write anything again.
 */
export function lateFailure(shops: ShopDirectory, tools: OpeningTools): LateFailure {
  return async (tx, { inquiryId, messageId, memberId, reason }) => {
    const closed = await readEarlier(tx, inquiryId);
    const shop = await shops.read(tx, closed.shopId);
    if (closed.erased || !shop) return;
    const failedSend = { messageId, memberId, reason };
    await openLinked(tx, tools, closed, { shop, cause: 'delivery_failed', failedSend, at: Date.now() });
  };
}
