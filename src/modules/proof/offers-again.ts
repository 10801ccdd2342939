import canonicalize from 'canonicalize';
import type { Difference } from '../../domain/inquiry/retake.js';
import { offerOn } from '../../domain/task/shift-offer.js';
import type { Tx } from '../../platform/database/index.js';
import type { StoredEntry } from '../history/index.js';
import { wholeQueue } from '../queue/index.js';
import type { HoursStores } from '../queue/index.js';
import { SHIFT_OFFER } from '../task/index.js';
import type { RecordedOffer } from '../task/index.js';

type Row = { readonly seq: number; readonly entries: readonly StoredEntry[]; readonly decision: RecordedOffer };

const OFFERS = `
  select seq, entries, decision from event
   where tenant_id = $1 and inquiry_id = $2 and kind = $3 and decision is not null order by seq`;

/** Whom a task was offered to, until when (epoch ms), by which rule, and who was passed over and why. */
type Offered = {
  readonly memberId: unknown;
  readonly by: unknown;
  readonly until: unknown;
  readonly passedOver: readonly unknown[];
};

/** Makes the offers of an inquiry again that were made as a shift began, each from its own record. */
export async function offersAgain(
  tx: Tx,
  stores: HoursStores,
  inquiryId: string,
): Promise<{ readonly offers: number; readonly differences: readonly Difference[] }> {
  const rows = await tx.query<Row>(OFFERS, [tx.tenantId, inquiryId, SHIFT_OFFER]);
  const differences: Difference[] = [];
  for (const { seq, entries, decision } of rows) {
    const queue = await wholeQueue(tx, stores, decision.request.queue);
    const offer = offerOn({ ...decision.request, queue });
    const actual: Offered | null = offer && {
      memberId: offer.memberId,
      by: offer.choice.by,
      until: offer.until,
      passedOver: offer.choice.passedOver,
    };
    const expected = offered(entries[0]);
    if (canonicalize(expected) !== canonicalize(actual)) differences.push({ seq, what: 'entries', expected, actual });
  }
  return { offers: rows.length, differences };
}

function offered(entry: StoredEntry | undefined): Offered {
  const { memberId, by, offerUntil } = entry?.data ?? {};
  return { memberId, by, until: offerUntil, passedOver: entry?.because.passedOver ?? [] };
}
