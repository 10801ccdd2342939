import type { NotifyTarget } from '../../domain/definition/plan.js';
import type { NoticeOrigin } from '../../domain/inquiry/events.js';
import type { Vault } from '../../platform/crypto/index.js';
import { nextPosition } from '../conversation/index.js';
import type { NoticeSink } from '../notification/index.js';
import type { InquiryEngine } from './engine.js';
import { putInbox } from './inbox.js';

/** Tells inquiries of notices that reached nobody, in the transaction that learnt it: somebody else is told. */
export class InquiryNotices implements NoticeSink {
  constructor(
    private readonly engine: InquiryEngine,
    private readonly vault: Vault,
  ) {}

  undelivered: NoticeSink['undelivered'] = async (tx, notice, at) => {
    const { id, inquiryId, conversationId, kind: about, reached, members, by, urgent, code } = notice;
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    // It may have been erased meanwhile; nothing is written there any more.
    if (keys.isErased({ case: inquiryId })) return;
    const { rule = null, step = null, obligation = null, level = null } = notice.data;
    const origin: NoticeOrigin = { rule, step, obligation, level };
    const to = notice.to as NotifyTarget;
    await putInbox(tx, keys, {
      inquiryId,
      key: `notice:${id}`,
      acceptNo: await nextPosition(tx, conversationId),
      payload: { kind: 'notice.undelivered', to, reached, members, by, urgent, about, origin, code },
      acceptedAt: at,
    });
    await this.engine.drainIn(tx, inquiryId, at);
  };
}
