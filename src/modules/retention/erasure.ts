import { randomBytes } from 'node:crypto';
import type { Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';
import type { AuditRecord } from '../audit/index.js';
import { forgetAttachments } from '../conversation/index.js';
import { appendEvent } from '../history/index.js';
import { forgetTexts } from '../search/index.js';
import { publish } from '../stream/index.js';
import type { Candidate } from './candidates.js';

/** What retention does to one inquiry, in a transaction that holds the locks of its conversation and of itself. */

/** Marks an inquiry as archived: it can no longer be reopened. */
export async function archiveInquiry(tx: Tx, inquiry: Candidate, now: number): Promise<void> {
  await tx.run(
    `update inquiry set status = 'archived', archived_at = $3, version = version + 1 where tenant_id = $1 and id = $2`,
    [tx.tenantId, inquiry.id, instant(now)],
  );
  await record(tx, inquiry, 'inquiry.archived', 'inquiry.archive', { retainUntil: inquiry.retainUntil }, now);
}

/** The columns that hold what people wrote, or who they are to the channel. The history and the figures stay. */
const ERASE_CONTENT = [
  `update task set draft = null, handover_note = null where tenant_id = $1 and inquiry_id = $2`,
  `update command set payload = null, fingerprint = '' where tenant_id = $1 and inquiry_id = $2`,
  `update delivery set external_id = null where tenant_id = $1 and inquiry_id = $2`,
  `update remote_call set body = null where tenant_id = $1 and inquiry_id = $2`,
  `update inbox set words = null where tenant_id = $1 and inquiry_id = $2 and words is not null`,
];

const ERASE_MESSAGES = `
  update message set text = null, attachments = null, about = null, delivery_reason = null, external_id = null,
         reply_address = null, channel_template = null, erased_at = $3
   where tenant_id = $1 and inquiry_id = $2 and erased_at is null`;

const ERASE_INQUIRY = `
  update inquiry set erased_at = $3, data = null, version = version + 1
   where tenant_id = $1 and id = $2 returning buyer_id as "buyerId", conversation_id as "conversationId"`;

/**
 * Erases the content of an inquiry, and its buyer if nothing else of theirs is left. Its key is destroyed last: what a column
 * forgotten here, an old page of the disk or a backup still holds can be read no more.
 *
 * @throws {KeyHeld} when a legal hold was placed against all order
 */
export async function eraseInquiry(tx: Tx, vault: Vault, inquiry: Candidate, now: number): Promise<void> {
  const messages = await tx.run(ERASE_MESSAGES, [tx.tenantId, inquiry.id, instant(now)]);
  for (const sql of ERASE_CONTENT) await tx.run(sql, [tx.tenantId, inquiry.id]);
  await forgetTexts(tx, inquiry.id);
  await forgetAttachments(tx, inquiry.id, now);
  const { buyerId, conversationId } = await tx.one<{ buyerId: string; conversationId: string }>(ERASE_INQUIRY, [
    tx.tenantId,
    inquiry.id,
    instant(now),
  ]);
  const { retentionClass, retainUntil } = inquiry;
  await record(tx, inquiry, 'inquiry.erased', 'inquiry.erase', { retentionClass, retainUntil, messages }, now);
  // What the platform said may be about this inquiry; it can be asked again.
  await tx.run('delete from conversation_context where tenant_id = $1 and conversation_id = $2', [
    tx.tenantId,
    conversationId,
  ]);
  const isLast = await eraseBuyerIfLast(tx, buyerId, conversationId, now);
  await destroyKeys(tx, vault, { caseId: inquiry.id, subjectId: isLast ? buyerId : null }, now);
}

const ERASE_BUYER = `
  update buyer b set name = null, external_id = null, external_hash = $3, language = null, value = 0, tags = '{}',
         erased_at = $4, version = version + 1
   where b.tenant_id = $1 and b.id = $2 and b.erased_at is null
     and not exists (select from inquiry i where i.tenant_id = b.tenant_id and i.conversation_id = $5
                        and i.erased_at is null)`;

/**
 * Erases who the buyer was; they have one conversation with their shop. The hash they were found by becomes a random one and
 * the channel's addresses go, so that the same person writing again is somebody new. False while another inquiry needs them.
 */
async function eraseBuyerIfLast(tx: Tx, buyerId: string, conversationId: string, now: number): Promise<boolean> {
  const erased = await tx.run(ERASE_BUYER, [tx.tenantId, buyerId, randomBytes(32), instant(now), conversationId]);
  if (erased === 0) return false;
  await tx.run('delete from conversation_address where tenant_id = $1 and conversation_id = $2', [
    tx.tenantId,
    conversationId,
  ]);
  await audit(tx, [
    { at: now, actor: { kind: 'system' }, action: 'buyer.erase', object: { kind: 'buyer', id: buyerId }, result: 'ok' },
  ]);
  return true;
}

/** Destroys the key of the inquiry, and that of the buyer if given; each destruction is proven by an audit event. */
async function destroyKeys(
  tx: Tx,
  vault: Vault,
  { caseId, subjectId }: { readonly caseId: string; readonly subjectId: string | null },
  now: number,
): Promise<void> {
  const subjects = subjectId === null ? [] : [subjectId];
  const destroyed = await vault.destroy(tx, { cases: [caseId], subjects });
  const event = (kind: string, id: string): AuditRecord => ({
    at: now,
    actor: { kind: 'system' },
    action: 'key.destroy',
    object: { kind, id },
    inquiryId: caseId,
    result: 'ok',
  });
  await audit(tx, [
    ...(destroyed.cases === 0 ? [] : [event('case_key', caseId)]),
    ...(destroyed.subjects === 0 ? [] : subjects.map((id) => event('subject_key', id))),
  ]);
}

type RecordData = Readonly<Record<string, string | number | null>>;

async function record(
  tx: Tx,
  inquiry: Candidate,
  kind: string,
  action: string,
  data: RecordData,
  now: number,
): Promise<void> {
  const { id, queue } = inquiry;
  const [auditId] = await audit(tx, [
    {
      at: now,
      actor: { kind: 'system' },
      action,
      object: { kind: 'inquiry', id },
      inquiryId: id,
      result: 'ok',
      after: data,
    },
  ]);
  await appendEvent(tx, id, {
    at: now,
    kind,
    entries: [{ kind, actor: { kind: 'system' }, step: null, because: {}, data, auditId: auditId ?? null }],
    decision: null,
  });
  await publish(tx, [{ kind: 'inquiry.changed', data: { inquiryId: id }, queue }]);
}
