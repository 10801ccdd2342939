import type { Command, InquiryEvent } from '../../domain/inquiry/events.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';

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

/** Reads what has happened and is not applied yet, in accept order. */
export async function unapplied(tx: Tx, inquiryId: string): Promise<InboxRow[]> {
  return tx.query<InboxRow>(
    `select id, key, kind, accept_no as "acceptNo", payload, accepted_at as "acceptedAt"
       from inbox where tenant_id = $1 and inquiry_id = $2 and applied_at is null order by accept_no`,
    [tx.tenantId, inquiryId],
  );
}

type NewRow = {
  readonly inquiryId: string;
  /** Minted where the event is born: `open`, `msg:<uuid>`, `cmd:<uuid>`, `rcpt:<uuid>`. */
  readonly key: string;
  readonly acceptNo: number;
  readonly payload: InboxPayload;
  readonly acceptedAt: number;
};

/** Puts an event into an inquiry's inbox; the same key twice is the same event. */
export async function putInbox(tx: Tx, row: NewRow): Promise<void> {
  await tx.run(
    `insert into inbox (tenant_id, id, inquiry_id, key, kind, accept_no, payload, accepted_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict (tenant_id, inquiry_id, key) do nothing`,
    [
      tx.tenantId,
      newId(),
      row.inquiryId,
      row.key,
      row.payload.kind,
      row.acceptNo,
      JSON.stringify(row.payload),
      instant(row.acceptedAt),
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
  await tx.run(
    `update inbox b set applied_at = $4, applied_seq = a.seq
       from unnest($2::uuid[], $3::int[]) as a (id, seq) where b.tenant_id = $1 and b.id = a.id`,
    [tx.tenantId, rows.map((row) => row.id), rows.map((row) => row.seq), instant(at)],
  );
}

/**
 * Sets an event aside that could not be applied because of a defect; ops may have it applied again after a fix. False when
 * another drain was quicker.
 */
export async function markFailed(tx: Tx, id: string, code: string, at: number): Promise<boolean> {
  const changed = await tx.run(
    `update inbox set applied_at = $3, failed_code = $4 where tenant_id = $1 and id = $2 and applied_at is null`,
    [tx.tenantId, id, instant(at), code],
  );
  return changed === 1;
}
