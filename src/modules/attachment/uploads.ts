import type { FileKind } from '../../domain/attachment/kinds.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { FileStore } from '../../platform/files/index.js';
import { reach } from '../../platform/kill-point/index.js';
import { fileNameOf, filePlace, isFileErased, reserveUpload, settleAttachment } from '../conversation/index.js';
import type { Upload } from '../conversation/index.js';
import { requestWork } from '../work/index.js';

/** A file that was looked at and may be kept. */
export type KeptFile = { readonly kind: FileKind; readonly bytes: Uint8Array };

/** Keeps files that people upload to answer with, sealed under the key of their inquiry. */
export class Uploads {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly files: FileStore,
  ) {}

  /**
   * Stores the bytes of an upload, outside of any transaction. A row says that they are on their way before they are, so that a crash
   * leaves nothing that nobody deletes. Doing it again for the same upload changes nothing once it has been recorded.
   *
   * @returns false where the inquiry has been erased
   * @throws when the store cannot be reached
   */
  async store(tenantId: string, upload: Upload, { bytes }: KeptFile): Promise<boolean> {
    const { id, inquiryId } = upload;
    const { keys, state } = await this.database.tenant(tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
      if (isFileErased(keys, upload)) return { keys, state: null };
      return { keys, state: await reserveUpload(tx, keys, upload, Date.now()) };
    });
    if (state === null) return false;
    if (state !== 'pending') return true;
    await this.files.put(fileNameOf(tenantId, id), keys.sealFile(filePlace(upload), bytes));
    reach('upload.before-record');
    return true;
  }

  /**
   * Records that an upload is whole; from then on replies can name it.
   *
   * @returns false where it is not wanted any more, because its inquiry was erased meanwhile
   */
  async record(tx: Tx, { id, inquiryId, shopId }: Upload, { kind, bytes }: KeptFile): Promise<boolean> {
    const now = Date.now();
    const end = { state: 'stored', reason: null, mediaType: kind, size: bytes.length } as const;
    if (await settleAttachment(tx, id, end, now)) return true;
    // Its bytes may have come after somebody deleted them.
    await requestWork(tx, [{ kind: 'attachment', ref: id, inquiryId, shopId, dueAt: now }]);
    return false;
  }
}
