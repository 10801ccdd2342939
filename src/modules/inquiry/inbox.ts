import type { DataScalar } from '../../domain/definition/plan.js';
import type { Command, InquiryEvent } from '../../domain/inquiry/events.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { MAX_FORM_TEXT } from '../../domain/task/form.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { liftWords, putBack, sealedWords, WORDS_OF_EVENTS } from '../history/index.js';

/** An event as it waits: ids, codes and instants. A command carries its kind and fields, never the author's words. */
export type InboxPayload =
  | InquiryEvent
  | {
      readonly kind: 'command';
      readonly commandId: string;
      readonly actor: { memberId: string; role: string };
      readonly command: Command;
    };

export type InboxRow = {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly acceptNo: number;
  readonly payload: InboxPayload;
  readonly acceptedAt: number;
};

/** The plain values among what came with an event: what a definition can declare. The raw delivery keeps the rest. */
export function scalarsOf(data: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, DataScalar>> {
  const plain = Object.entries(data ?? {}).filter((entry): entry is [string, DataScalar] => {
    const [, value] = entry;
    if (typeof value === 'string') return value.length <= MAX_FORM_TEXT;
    return typeof value === 'number' || typeof value === 'boolean';
  });
  return Object.fromEntries(plain);
}

type SealedRow = InboxRow & { readonly words: Buffer | null };

/** Reads what has happened and is not applied yet, in accept order; its words are still sealed. */
export async function unapplied(tx: Tx, inquiryId: string): Promise<SealedRow[]> {
  return tx.query<SealedRow>(
    `select id, key, kind, accept_no as "acceptNo", payload, words, accepted_at as "acceptedAt"
       from inbox where tenant_id = $1 and inquiry_id = $2 and applied_at is null order by accept_no`,
    [tx.tenantId, inquiryId],
  );
}

/** The rows with the words that came with them. */
export function opened(keys: Keys, inquiryId: string, rows: readonly SealedRow[]): InboxRow[] {
  return rows.map(({ words, ...row }) => {
    const said = keys.shownJson<readonly unknown[]>(wordsPlace(inquiryId, row.id), words);
    return { ...row, payload: putBack(row.payload, said) };
  });
}

/** Where the words of an event that waits are sealed. */
function wordsPlace(inquiryId: string, row: string): Place {
  return { owner: { case: inquiryId }, table: 'inbox', column: 'words', row };
}

type NewRow = {
  readonly inquiryId: string;
  /** Minted where the event is born: `open`, `msg:<uuid>`, `cmd:<uuid>`, `rcpt:<uuid>`. */
  readonly key: string;
  readonly acceptNo: number;
  readonly payload: InboxPayload;
  readonly acceptedAt: number;
};

/**
 * Puts an event into an inquiry's inbox; the same key twice is the same event.
 *
 * @param keys with the inquiry's; null for events that never hold somebody's words
 */
export async function putInbox(tx: Tx, keys: Keys | null, row: NewRow): Promise<void> {
  const id = newId();
  const { clear, words } = liftWords(row.payload, WORDS_OF_EVENTS);
  await tx.post(
    `insert into inbox (tenant_id, id, inquiry_id, key, kind, accept_no, payload, accepted_at, words)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) on conflict (tenant_id, inquiry_id, key) do nothing`,
    [
      tx.tenantId,
      id,
      row.inquiryId,
      row.key,
      row.payload.kind,
      row.acceptNo,
      JSON.stringify(clear),
      instant(row.acceptedAt),
      sealedWords(keys, wordsPlace(row.inquiryId, id), words),
    ],
  );
}

/** Marks rows as applied with the number of the last history entry each brought. */
export async function markApplied(
  tx: Tx,
  rows: readonly { readonly id: string; readonly seq: number }[],
  at: number,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.post(
    `update inbox b set applied_at = $4, applied_seq = a.seq
       from unnest($2::uuid[], $3::int[]) as a (id, seq) where b.tenant_id = $1 and b.id = a.id`,
    [tx.tenantId, rows.map((row) => row.id), rows.map((row) => row.seq), instant(at)],
  );
}

/** Sets an event aside that could not be applied because of a defect; ops may have it applied again after a fix. */
export async function markFailed(tx: Tx, id: string, code: string, at: number): Promise<void> {
  await tx.post('update inbox set applied_at = $3, failed_code = $4 where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
    instant(at),
    code,
  ]);
}
