import { inspect } from '../../domain/attachment/inspect.js';
import { afterTry } from '../../domain/attachment/states.js';
import type { AttachmentReason, Fetched } from '../../domain/attachment/states.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { FileStore } from '../../platform/files/index.js';
import { reach, reachCommit } from '../../platform/kill-point/index.js';
import {
  expireUpload,
  fileNameOf,
  filePlace,
  isFileErased,
  noteTry,
  readAttachment,
  settleAttachment,
} from '../conversation/index.js';
import type { Attachment, AttachmentRow, StatedAttachment } from '../conversation/index.js';
import { publish } from '../stream/index.js';
import type { WorkItem } from '../work/index.js';
import type { AttachmentSource } from './source.js';

export type AttachmentFetcherOptions = {
  readonly database: Database;
  readonly vault: Vault;
  readonly source: AttachmentSource;
  readonly files: FileStore;
  /** The largest file that is kept, in bytes. */
  readonly maxBytes: number;
};

type Job = { readonly attachment: Attachment; readonly keys: Keys };
type End = Pick<AttachmentRow, 'state' | 'reason' | 'mediaType' | 'size'>;

const NOTHING = { mediaType: null, size: null } as const;

/**
 * Fetches files that came with messages and keeps them sealed under the key of their inquiry; deletes those that are not wanted any
 * more. A file is stored before that is recorded: what a crash leaves behind is overwritten by the next try, or deleted with its inquiry.
 */
export class AttachmentFetcher {
  constructor(private readonly options: AttachmentFetcherOptions) {}

  /** Handles one `attachment` item (a file); returns when to look again (epoch ms), or null. */
  async handle({ tenantId, ref }: WorkItem): Promise<number | null> {
    const job = await this.options.database.tenant(tenantId, (tx) => this.#find(tx, ref));
    if (job === null) return null;
    const { state, stated } = job.attachment;
    if (state === 'gone') {
      await this.options.files.remove(fileNameOf(tenantId, ref));
      return null;
    }
    if (job.attachment.messageId === null) return this.#expire(tenantId, ref);
    if (state !== 'pending') return null;
    // Erased between its message and us.
    if (stated === null) return this.#settle(tenantId, job, { state: 'gone', reason: 'erased', ...NOTHING });
    return this.#fetch(tenantId, job, stated);
  }

  /** Deletes what was uploaded and never sent. */
  async #expire(tenantId: string, ref: string): Promise<number | null> {
    const now = Date.now();
    const outcome = await this.options.database.tenant(tenantId, (tx) => expireUpload(tx, ref, now));
    return outcome === 'expired' ? now : outcome;
  }

  async #find(tx: Tx, id: string): Promise<Job | null> {
    const attachment = await readAttachment(tx, this.options.vault, id, 'full');
    if (attachment === null) return null;
    return { attachment, keys: await this.options.vault.unlock(tx, { cases: [attachment.inquiryId] }) };
  }

  async #fetch(tenantId: string, job: Job, stated: StatedAttachment): Promise<number | null> {
    const { source, maxBytes } = this.options;
    const outcome = await source.fetch(tenantId, job.attachment.shopId, stated, maxBytes);
    if (outcome.kind !== 'fetched') return this.#notFetched(tenantId, job, outcome);
    const { bytes, complete } = outcome.file;
    const inspected = complete
      ? inspect(bytes, stated.mediaType, maxBytes)
      : ({ ok: false, reason: 'too_large' } as const);
    if (!inspected.ok) return this.#refuse(tenantId, job, inspected.reason);
    if (isFileErased(job.keys, job.attachment)) return Date.now();
    const sealed = job.keys.sealFile(filePlace(job.attachment), inspected.bytes);
    await this.options.files.put(fileNameOf(tenantId, job.attachment.id), sealed);
    reach('attachment.before-record');
    const { kind: mediaType } = inspected;
    return this.#settle(tenantId, job, { state: 'stored', reason: null, mediaType, size: inspected.bytes.length });
  }

  async #notFetched(tenantId: string, job: Job, outcome: Fetched): Promise<number | null> {
    const next = afterTry(outcome, job.attachment.tries + 1, Math.random());
    if (next.do === 'settle') return this.#settle(tenantId, job, { ...next, ...NOTHING });
    await this.options.database.tenant(tenantId, (tx) => noteTry(tx, job.attachment.id));
    return Date.now() + next.pauseMs;
  }

  #refuse(tenantId: string, job: Job, reason: AttachmentReason): Promise<number | null> {
    return this.#settle(tenantId, job, { state: 'refused', reason, ...NOTHING });
  }

  /** Records the end; looks again at once when somebody else was faster, because a file may have to go. */
  async #settle(
    tenantId: string,
    { attachment }: Job,
    { state, reason, mediaType, size }: End,
  ): Promise<number | null> {
    const now = Date.now();
    return this.options.database.tenant(tenantId, async (tx) => {
      const settled = await settleAttachment(tx, attachment.id, { state, reason, mediaType, size }, now);
      const { messageId, inquiryId } = attachment;
      if (settled && messageId !== null)
        await publish(tx, [{ kind: 'message.updated', data: { messageId, inquiryId } }]);
      reachCommit(tx, 'attachment');
      return settled ? null : now;
    });
  }
}
