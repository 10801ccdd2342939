import canonicalize from 'canonicalize';
import type { DataScalar } from '../../domain/definition/plan.js';
import type { ContentFacts } from '../../domain/inquiry/facts.js';
import type { Keys } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { StatedAttachment } from '../conversation/index.js';
import { CommandStore } from './command-store.js';
import type { CommandPayload } from './command-store.js';

/** What a person handed in, in words; what somebody else approves is exactly this. */
export type Content = {
  readonly text: string | null;
  readonly attachments: readonly StatedAttachment[];
  /** Fields of a form as they were sent. */
  readonly fields: Readonly<Record<string, DataScalar>> | null;
  readonly translated: boolean;
};

/** A message as it was put into words, on its way out. */
export type Written = {
  readonly text: string;
  readonly attachments: readonly StatedAttachment[];
  readonly channelTemplate?: unknown;
};

/** What a command carries, or null when its row is gone. */
export async function readContent(tx: Tx, keys: Keys, inquiryId: string, commandId: string): Promise<Content | null> {
  const payload = await new CommandStore().payload(tx, keys, inquiryId, commandId);
  return payload === null ? null : contentOf(payload);
}

/** What was handed in and awaits the decision of the task with this key; null when nothing does. */
export async function readHandedIn(tx: Tx, keys: Keys, inquiryId: string, taskKey: string): Promise<Content | null> {
  const row = await tx.first<{ commandId: string }>(
    `select state #>> '{approval,commandId}' as "commandId" from inquiry
      where tenant_id = $1 and id = $2 and state #>> '{approval,task}' = $3`,
    [tx.tenantId, inquiryId, taskKey],
  );
  return row === undefined ? null : readContent(tx, keys, inquiryId, row.commandId);
}

function contentOf({ text, attachments, fields, source }: CommandPayload): Content {
  return {
    text: typeof text === 'string' ? text : null,
    attachments: Array.isArray(attachments) ? (attachments as Content['attachments']) : [],
    fields: typeof fields === 'object' && fields !== null ? (fields as Content['fields']) : null,
    translated: source !== undefined,
  };
}

/** What decisions know of it. The hash is keyed: a bare one of what somebody wrote could be found out by trying. */
export function contentFacts(keys: Keys, content: Content): ContentFacts {
  const { text, attachments, fields, translated } = content;
  return {
    hash: keys.lookup('content', canonicalize({ text, attachments, fields }) ?? '').toString('hex'),
    translated,
    attachments: attachments.map(({ mediaType, size }) => ({ mediaType, size: size ?? null })),
  };
}
