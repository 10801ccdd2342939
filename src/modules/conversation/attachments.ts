import type { AttachmentReason, AttachmentState } from '../../domain/attachment/states.js';
import type { ShownCard } from '../../domain/channel/capabilities.js';
import type { FileKind } from '../../domain/attachment/kinds.js';
import type { Reach } from '../../domain/identity/permissions.js';
import type { Keys, Place, Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { requestWork } from '../work/index.js';

/** What somebody said about a file when they attached it; sealed with its message. */
export type StatedAttachment = {
  /** Where it lies; absent where the channel keeps it. */
  readonly url?: string;
  /** The channel's own id of it. */
  readonly ref?: string;
  /** Something of the platform's that is shown instead of a file. */
  readonly card?: ShownCard;
  /** What it was uploaded as; absent where it came in, or is a link. */
  readonly id?: string;
  readonly mediaType: string;
  readonly name?: string;
  readonly size?: number;
};

/** Where a file stands. */
export type AttachmentRow = {
  readonly id: string;
  /** null for a file that was uploaded to answer with. */
  readonly messageId: string | null;
  /** The uploaded file that this is; null where it has bytes of its own. */
  readonly fileId: string | null;
  readonly position: number;
  readonly inquiryId: string;
  readonly shopId: string;
  readonly state: AttachmentState;
  readonly reason: AttachmentReason | null;
  /** Of what is stored; null until then. */
  readonly mediaType: FileKind | null;
  readonly size: number | null;
  readonly tries: number;
};

/** One attachment with what was said about it; null once that is erased. */
export type Attachment = AttachmentRow & { readonly queue: string | null; readonly stated: StatedAttachment | null };

const COLUMNS = `
  a.id, a.message_id as "messageId", a.file_id as "fileId", a.position, a.inquiry_id as "inquiryId", a.shop_id as "shopId", a.state, a.reason,
  a.media_type as "mediaType", a.size, a.tries`;

/** The id of a message's attachment; it follows from the message, so that a list needs no look-up. */
export function attachmentIdOf(messageId: string, index: number): string {
  return derivedId(messageId, 'attachment', String(index));
}

export type Carrier = { readonly id: string; readonly inquiryId: string; readonly shopId: string };

/**
 * Makes a message's attachments addressable; what was said about them stays sealed with the message. Those that are `pending` are
 * fetched from now on.
 */
export async function registerAttachments(
  tx: Tx,
  { id, inquiryId, shopId }: Carrier,
  count: number,
  state: 'linked' | 'pending',
): Promise<void> {
  if (count === 0) return;
  const ids = Array.from({ length: count }, (_, index) => attachmentIdOf(id, index));
  await tx.post(
    `insert into attachment (tenant_id, id, message_id, position, inquiry_id, shop_id, state)
     select $1, a.id, $3, a.n - 1, $4, $5, $6 from unnest($2::uuid[]) with ordinality as a (id, n)`,
    [tx.tenantId, ids, id, inquiryId, shopId, state],
  );
  if (state === 'linked') return;
  const dueAt = Date.now();
  await requestWork(
    tx,
    ids.map((ref) => ({ kind: 'attachment', ref, inquiryId, shopId, dueAt })),
  );
}

type Row = AttachmentRow & {
  readonly queue: string | null;
  readonly attachments: Buffer | null;
  readonly name: Buffer | null;
};

/** One attachment, or null. What was said about it is left out for readers who see no texts. */
export async function readAttachment(tx: Tx, vault: Vault, id: string, reach: Reach): Promise<Attachment | null> {
  const row = await tx.first<Row>(
    `select ${COLUMNS}, i.queue_key as queue, m.attachments, a.name
       from attachment a
       left join message m on m.tenant_id = a.tenant_id and m.id = a.message_id
       join inquiry i on i.tenant_id = a.tenant_id and i.id = a.inquiry_id
      where a.tenant_id = $1 and a.id = $2`,
    [tx.tenantId, id],
  );
  if (!row) return null;
  const { attachments, name, ...rest } = row;
  const keys = await vault.unlock(tx, { cases: [row.inquiryId] });
  return { ...rest, stated: reach === 'no_text' ? null : statedOf(keys, rest, { attachments, name }) };
}

function statedOf(
  keys: Keys,
  { id, messageId, inquiryId, position, mediaType }: AttachmentRow,
  sealed: Pick<Row, 'attachments' | 'name'>,
): StatedAttachment | null {
  if (messageId !== null) {
    const place = { owner: { case: inquiryId }, table: 'message', column: 'attachments', row: messageId };
    return keys.shownJson<StatedAttachment[]>(place, sealed.attachments)?.[position] ?? null;
  }
  if (mediaType === null) return null;
  const name = keys.shown(namePlace({ id, inquiryId }), sealed.name);
  return { id, mediaType, ...(name === null ? {} : { name }) };
}

/** Where the attachments of some messages stand, by their ids. */
export async function attachmentsOf(
  tx: Tx,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, AttachmentRow>> {
  if (messageIds.length === 0) return new Map();
  const rows = await tx.query<AttachmentRow>(
    `select ${COLUMNS} from attachment a where a.tenant_id = $1 and a.message_id = any($2)`,
    [tx.tenantId, messageIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Records the end of fetching a file; false when it is not wanted any more. */
export async function settleAttachment(
  tx: Tx,
  id: string,
  end: Pick<AttachmentRow, 'state' | 'reason' | 'mediaType' | 'size'>,
  at: number,
): Promise<boolean> {
  const changed = await tx.run(
    `update attachment set state = $3, reason = $4, media_type = $5, size = $6, settled_at = $7, tries = tries + 1
      where tenant_id = $1 and id = $2 and state = 'pending'`,
    [tx.tenantId, id, end.state, end.reason, end.mediaType, end.size, instant(at)],
  );
  return changed === 1;
}

/** Records that a try came to nothing and there will be another. */
export async function noteTry(tx: Tx, id: string): Promise<void> {
  await tx.post('update attachment set tries = tries + 1 where tenant_id = $1 and id = $2', [tx.tenantId, id]);
}

/** Gives up the files of an inquiry; their bytes are deleted as soon as somebody gets to it, and unreadable before. */
export async function forgetAttachments(tx: Tx, inquiryId: string, at: number): Promise<void> {
  const rows = await tx.query<{ id: string; shopId: string }>(
    `update attachment set state = 'gone', reason = 'erased', media_type = null, size = null, name = null, settled_at = $3
      where tenant_id = $1 and inquiry_id = $2 and state in ('pending', 'stored') returning id, shop_id as "shopId"`,
    [tx.tenantId, inquiryId, instant(at)],
  );
  const dueAt = Date.now();
  await requestWork(
    tx,
    rows.map(({ id, shopId }) => ({ kind: 'attachment', ref: id, inquiryId, shopId, dueAt })),
  );
}

/** Those of some files that are wanted, by their ids in the store. */
export async function keptFiles(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from attachment
      where tenant_id = $1 and id = any($2) and file_id is null and state in ('pending', 'stored')`,
    [tx.tenantId, ids],
  );
  return rows.map(({ id }) => id);
}

/** The name of a file in the store. */
export function fileNameOf(tenantId: string, attachmentId: string): string {
  return `${tenantId}/${attachmentId}`;
}

/** Where the bytes of a file are sealed for. */
export function filePlace({ id, inquiryId }: Pick<AttachmentRow, 'id' | 'inquiryId'>): Place {
  return { owner: { case: inquiryId }, table: 'attachment', column: 'content', row: id };
}

/** Where the name of an uploaded file is sealed for. */
export function namePlace({ id, inquiryId }: Pick<AttachmentRow, 'id' | 'inquiryId'>): Place {
  return { owner: { case: inquiryId }, table: 'attachment', column: 'name', row: id };
}

/** Whether the inquiry of a file has been erased. */
export function isFileErased(keys: Keys, { inquiryId }: Pick<AttachmentRow, 'inquiryId'>): boolean {
  return keys.isErased({ case: inquiryId });
}
