import type { FileKind } from '../../domain/attachment/kinds.js';
import type { Keys } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';
import { attachmentIdOf, namePlace } from './attachments.js';
import type { AttachmentRow, Carrier } from './attachments.js';

/** How long an uploaded file waits for a message that carries it, in ms. */
const UNUSED_MS = 48 * 3_600_000;

/** A file somebody uploads to answer an inquiry with. */
export type Upload = Carrier & { readonly name: string | null };

/** What is known of an uploaded file that is there. */
export type UploadedFile = {
  readonly id: string;
  readonly mediaType: FileKind;
  readonly name: string | null;
  /** Bytes. */
  readonly size: number;
};

/**
 * Makes room for an uploaded file before its bytes are stored, so that they are found and deleted whatever happens to us in between.
 * Asking again for the same one changes nothing.
 *
 * @returns where the file stands
 */
export async function reserveUpload(tx: Tx, keys: Keys, upload: Upload, at: number): Promise<AttachmentRow['state']> {
  const { id, inquiryId, shopId, name } = upload;
  const expiresAt = at + UNUSED_MS;
  const added = await tx.run(
    `insert into attachment (tenant_id, id, position, inquiry_id, shop_id, name, expires_at, state)
     values ($1, $2, 0, $3, $4, $5, $6, 'pending') on conflict (tenant_id, id) do nothing`,
    [
      tx.tenantId,
      id,
      inquiryId,
      shopId,
      name === null ? null : keys.seal(namePlace({ id, inquiryId }), name),
      instant(expiresAt),
    ],
  );
  if (added === 1) {
    await requestWork(tx, [{ kind: 'attachment', ref: id, inquiryId, shopId, dueAt: expiresAt }]);
    return 'pending';
  }
  const { state } = await tx.one<Pick<AttachmentRow, 'state'>>(
    'select state from attachment where tenant_id = $1 and id = $2',
    [tx.tenantId, id],
  );
  return state;
}

/** Uploaded files of an inquiry that are there, in the order of their ids; what is not there is left out. */
export async function readUploads(
  tx: Tx,
  keys: Keys,
  inquiryId: string,
  ids: readonly string[],
): Promise<UploadedFile[]> {
  type Row = { id: string; mediaType: FileKind; size: number; name: Buffer | null };
  const rows = await tx.query<Row>(
    `select id, media_type as "mediaType", size, name from attachment
      where tenant_id = $1 and inquiry_id = $2 and id = any($3) and message_id is null and state = 'stored'`,
    [tx.tenantId, inquiryId, ids],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    return row === undefined ? [] : [{ ...row, name: keys.shown(namePlace({ id, inquiryId }), row.name) }];
  });
}

/** Attaches uploaded files to a message of their inquiry; one that has gone meanwhile is shown as gone. */
export async function attachUploads(
  tx: Tx,
  { id, inquiryId, shopId }: Carrier,
  uploads: readonly string[],
): Promise<void> {
  const ids = uploads.map((_, index) => attachmentIdOf(id, index));
  await tx.post(
    `with used as (
       update attachment set expires_at = null
        where tenant_id = $1 and id = any($2) and inquiry_id = $5 and message_id is null and state = 'stored'
        returning id, media_type, size)
     insert into attachment (tenant_id, id, message_id, position, inquiry_id, shop_id, state, reason, media_type, size, file_id)
     select $1, a.id, $4, a.n - 1, $5, $6, case when u.id is null then 'gone' else 'stored' end,
            case when u.id is null then 'unused' end, u.media_type, u.size, u.id
       from unnest($2::uuid[], $3::uuid[]) with ordinality as a (upload, id, n) left join used u on u.id = a.upload`,
    [tx.tenantId, uploads, ids, id, inquiryId, shopId],
  );
}

/**
 * Gives up an uploaded file that no message carried in time.
 *
 * @returns when that may be, epoch ms, while it is too early; null where a message carries it, or it is gone
 */
export async function expireUpload(tx: Tx, id: string, now: number): Promise<'expired' | number | null> {
  const changed = await tx.run(
    `update attachment set state = 'gone', reason = 'unused', media_type = null, size = null, name = null,
            expires_at = null, settled_at = $3
      where tenant_id = $1 and id = $2 and message_id is null and state in ('pending', 'stored') and expires_at <= $3`,
    [tx.tenantId, id, instant(now)],
  );
  if (changed === 1) return 'expired';
  const row = await tx.first<{ expiresAt: number | null }>(
    'select expires_at as "expiresAt" from attachment where tenant_id = $1 and id = $2',
    [tx.tenantId, id],
  );
  return row?.expiresAt ?? null;
}
