import { emptyState } from '../../domain/inquiry/state.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { nextPosition } from '../conversation/index.js';
import type { ReceiptSink } from '../delivery/index.js';
import type { InquiryEngine } from './engine.js';
import { putInbox } from './inbox.js';
import { messageIdOf } from './keys.js';

/** Opens what follows a delivery that failed after its inquiry was closed. */
export type LateFailure = (
  tx: Tx,
  failed: {
    readonly inquiryId: string;
    readonly messageId: string;
    readonly memberId: string | null;
    readonly reason: string;
  },
) => Promise<void>;

const FAILED = new Set(['rejected', 'bounced', 'failed', 'answered_elsewhere']);

/** Applies receipts to inquiries in the transaction that learnt them, without Temporal. */
export class InquiryReceipts implements ReceiptSink {
  constructor(
    private readonly engine: InquiryEngine,
    private readonly lateFailure: LateFailure,
  ) {}

  receipt: ReceiptSink['receipt'] = async (tx, message, fate) => {
    const inquiry = await tx.one<{ state: InquiryState | null; closed: boolean; openedAt: number }>(
      `select state, closed_at is not null as closed, opened_at as "openedAt" from inquiry
        where tenant_id = $1 and id = $2`,
      [tx.tenantId, message.inquiryId],
    );
    const state = inquiry.state ?? emptyState(inquiry.openedAt);
    const send = state.sends.find(({ key }) => messageIdOf(message.inquiryId, key) === message.messageId);
    if (inquiry.closed && send?.author === 'human' && FAILED.has(fate.status)) {
      await this.lateFailure(tx, { ...message, memberId: send.memberId, reason: fate.reason ?? fate.status });
    }
    const acceptNo = await nextPosition(tx, message.conversationId);
    await putInbox(tx, null, {
      inquiryId: message.inquiryId,
      key: `rcpt:${derivedId(message.intentId, 'receipt', fate.status, String(fate.at))}`,
      acceptNo,
      payload: {
        kind: 'delivery.receipt',
        send: send?.key ?? 'unknown',
        status: fate.status,
        at: fate.at,
        reason: fate.reason,
      },
      acceptedAt: Math.max(fate.at, Date.now()),
    });
    await this.engine.drainIn(tx, message.inquiryId, Date.now());
  };
}
