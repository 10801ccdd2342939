/** What the outbox knows of one message; names are those of the API, plus the two it shows as `queued`. */
export const DELIVERY_STATES = [
  'held',
  'queued',
  'sending',
  'verifying',
  'accepted',
  'available',
  'rejected',
  'bounced',
  'failed',
  'uncertain',
  'cancelled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What a channel says about a message it was given. */
export type Verdict = 'available' | 'rejected' | 'bounced';

/** States in which the message may still reach the buyer or has to be found out about. */
const OPEN: ReadonlySet<DeliveryState> = new Set(['held', 'queued', 'sending', 'verifying', 'accepted', 'uncertain']);

export function isOpenDelivery(state: DeliveryState): boolean {
  return OPEN.has(state);
}

/**
 * The state after a verdict of the channel, or null when it changes nothing. A verdict settles whatever is open, early or
 * late; after `available` a rejection or bounce still counts, because moderation may come hours later; nothing brings a
 * rejected, failed or cancelled message back.
 */
export function afterVerdict(state: DeliveryState, verdict: Verdict): DeliveryState | null {
  if (isOpenDelivery(state)) return verdict;
  if (state === 'available' && verdict !== 'available') return verdict;
  return null;
}

/** What people see: a message being sent or checked is still on its way. */
export function shownState(state: DeliveryState): Exclude<DeliveryState, 'sending' | 'verifying'> {
  return state === 'sending' || state === 'verifying' ? 'queued' : state;
}
