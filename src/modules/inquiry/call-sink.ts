import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { CallSink } from '../call/index.js';
import { nextPosition } from '../conversation/index.js';
import type { InquiryEngine } from './engine.js';
import { putInbox } from './inbox.js';

/** Applies answers of outside systems to inquiries in the transaction that learnt them; the engine is rung by what follows. */
export class InquiryCalls implements CallSink {
  constructor(
    private readonly engine: InquiryEngine,
    private readonly vault: Vault,
  ) {}

  answered: CallSink['answered'] = async (tx: Tx, call, end) => {
    const { inquiryId } = call;
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    // The call may end after its inquiry was erased; nothing is written there any more.
    if (keys.isErased({ case: inquiryId })) return;
    const { outcome, code, data } = end;
    const { key, attempts } = call;
    await putInbox(tx, keys, {
      inquiryId,
      key: `call:${call.id}`,
      acceptNo: await nextPosition(tx, call.conversationId),
      payload: { kind: 'call.answered', call: key, outcome, code, attempts, at: end.at, data },
      acceptedAt: end.at,
    });
    await this.engine.drainIn(tx, inquiryId, end.at);
  };
}
