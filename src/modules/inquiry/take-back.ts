import type { Tx } from '../../platform/database/index.js';
import { showKept } from '../conversation/index.js';
import { cancelDelivery } from '../delivery/index.js';
import { intentIdOf, messageIdOf } from './keys.js';

/** Takes a message back that no channel has been given yet, and shows that; `now` is epoch ms. */
export async function takeBack(tx: Tx, inquiryId: string, send: string, now: number): Promise<void> {
  const inTime = await cancelDelivery(tx, intentIdOf(inquiryId, send), now);
  if (inTime) await showKept(tx, messageIdOf(inquiryId, send), 'cancelled', now);
}
