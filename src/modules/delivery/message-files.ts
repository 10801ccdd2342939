import type { SendOutcome } from '../../domain/messaging/dispatch.js';
import type { OutgoingFile } from '../channels/index.js';

/** Where files of messages are read. */
export type MessageFiles = {
  /** A file; null when it is not there any more. @throws when the store cannot be reached */
  open(file: {
    readonly tenantId: string;
    readonly attachmentId: string;
  }): Promise<{ readonly kind: OutgoingFile['mediaType']; readonly name: string; readonly bytes: Buffer } | null>;
};

/** The files of a message, or why it cannot go now, or not at all: without them the buyer would look for them. */
export async function filesOf(
  files: MessageFiles,
  tenantId: string,
  attachmentIds: readonly string[],
): Promise<{ readonly list: readonly OutgoingFile[] } | Extract<SendOutcome, { kind: 'refused' | 'not_taken' }>> {
  const list: OutgoingFile[] = [];
  try {
    for (const attachmentId of attachmentIds) {
      const file = await files.open({ tenantId, attachmentId });
      if (file === null) return { kind: 'refused', reason: 'attachment_gone' };
      list.push({ name: file.name, mediaType: file.kind, bytes: file.bytes });
    }
  } catch {
    return { kind: 'not_taken', retryAfterMs: null, reason: 'files_unreachable' };
  }
  return { list };
}
