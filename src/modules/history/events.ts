import type { Keys, Place } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Because, Entry } from '../../domain/inquiry/effects.js';
import { liftWords, putBack, sealedWords, WORDS_OF_HISTORY } from './words.js';

/**
 * An entry as stored: with the audit event that proves it, where a person acted. An act that no decision stands behind has
 * no definition among its reasons.
 */
export type StoredEntry = Omit<Entry, 'because'> & {
  readonly because: Partial<Because>;
  readonly auditId?: string | null;
};

/** One row of an inquiry's history: what one event brought, with everything needed to take its decision again. */
export type EventRow = {
  readonly at: number;
  readonly kind: string;
  readonly entries: readonly StoredEntry[];
  /** null for acts that no decision stands behind, such as a claim. */
  readonly decision: unknown;
};

/** Where the words of an event are sealed; `seq` is the number of its last entry. */
function wordsPlace(inquiryId: string, seq: number): Place {
  return { owner: { case: inquiryId }, table: 'event', column: 'words', row: `${inquiryId}/${seq}` };
}

/**
 * Writes history rows; `firstSeq` is the number of the first entry, given under the inquiry's lock.
 *
 * @param keys with the inquiry's; null for acts that never hold somebody's words
 */
export async function writeEvents(
  tx: Tx,
  keys: Keys | null,
  inquiryId: string,
  firstSeq: number,
  events: readonly EventRow[],
): Promise<void> {
  if (events.length === 0) return;
  let seq = firstSeq;
  const rows = events.map((event) => {
    const first = seq;
    seq += event.entries.length;
    const { clear, words } = liftWords({ entries: event.entries, decision: event.decision }, WORDS_OF_HISTORY);
    const sealed = sealedWords(keys, wordsPlace(inquiryId, seq - 1), words);
    return {
      first_seq: first,
      seq: seq - 1,
      at: instant(event.at),
      kind: event.kind,
      ...clear,
      words: sealed === null ? null : `\\x${sealed.toString('hex')}`,
    };
  });
  await tx.post(
    `insert into event (tenant_id, inquiry_id, seq, first_seq, at, kind, entries, decision, words)
     select $1, $2, r.seq, r.first_seq, r.at, r.kind, r.entries, r.decision, r.words
       from jsonb_to_recordset($3::jsonb) as r (seq int, first_seq int, at timestamptz, kind text, entries jsonb,
            decision jsonb, words bytea)`,
    [tx.tenantId, inquiryId, JSON.stringify(rows)],
  );
}

/**
 * Adds an act without a decision to an inquiry's history, never before the last one: history runs forward. Locks the
 * inquiry, so it comes before any lock on its tasks.
 *
 * @returns the number of the first entry
 */
export async function appendEvent(tx: Tx, inquiryId: string, event: EventRow): Promise<number> {
  const { lastSeq, at } = await tx.one<{ lastSeq: number; at: number }>(
    `update inquiry set last_seq = last_seq + $3, last_event_at = greatest(last_event_at, $4)
      where tenant_id = $1 and id = $2 returning last_seq as "lastSeq", last_event_at as at`,
    [tx.tenantId, inquiryId, event.entries.length, instant(event.at)],
  );
  const first = lastSeq - event.entries.length + 1;
  await writeEvents(tx, null, inquiryId, first, [{ ...event, at }]);
  return first;
}

/**
 * A record of the event whose last entry is number `seq`, with the words stored beside it put back; with tombstones once the
 * inquiry has been erased.
 */
export function withWords<T>(keys: Keys, inquiryId: string, seq: number, words: Buffer | null, record: T): T {
  return putBack(record, keys.shownJson<readonly unknown[]>(wordsPlace(inquiryId, seq), words));
}
