import { endingOf } from '../../domain/attachment/kinds.js';
import type { FileKind } from '../../domain/attachment/kinds.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database } from '../../platform/database/index.js';
import type { FileStore } from '../../platform/files/index.js';
import { fileNameOf, filePlace, isFileErased, readAttachment } from '../conversation/index.js';
import type { LinkedFile } from './links.js';

/** A file as somebody is given it. */
export type StoredFile = { readonly kind: FileKind; readonly name: string; readonly bytes: Buffer };

/** Files that have been fetched or uploaded. */
export class StoredFiles {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly files: FileStore,
  ) {}

  /** A file, opened; null when it is not there, or not any more. */
  async open({ tenantId, attachmentId }: LinkedFile): Promise<StoredFile | null> {
    const found = await this.database.tenant(tenantId, async (tx) => {
      const attachment = await readAttachment(tx, this.vault, attachmentId, 'full');
      if (attachment === null) return null;
      return { attachment, keys: await this.vault.unlock(tx, { cases: [attachment.inquiryId] }) };
    });
    if (found?.attachment.state !== 'stored') return null;
    const { attachment, keys } = found;
    if (attachment.mediaType === null || isFileErased(keys, attachment)) return null;
    const { inquiryId, fileId } = attachment;
    const id = fileId ?? attachmentId;
    const sealed = await this.files.get(fileNameOf(tenantId, id));
    if (sealed === null) return null;
    const bytes = keys.openFile(filePlace({ id, inquiryId }), sealed);
    return { kind: attachment.mediaType, name: nameOf(attachment.stated?.name, attachment.mediaType), bytes };
  }
}

/** A name that harms no folder and ends as the kind of the file does, whatever somebody called it. */
function nameOf(stated: string | undefined, kind: FileKind): string {
  const ending = `.${endingOf(kind)}`;
  const last = (stated ?? '').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{C}"<>|:*?%]/gu, '_')
    .replace(/^\.+/, '')
    .slice(0, 120)
    .trim();
  if (plain === '') return `attachment${ending}`;
  return plain.toLowerCase().endsWith(ending) ? plain : `${plain}${ending}`;
}
