import { afterTelling, isUnderWay, nextTelling, untellable, withdrawn } from '../../domain/notice/telling.js';
import type { TellingTransition } from '../../domain/notice/telling.js';
import { isSameTurn, openAttempt } from '../../domain/outbox/turn.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reach, reachCommit } from '../../platform/kill-point/index.js';
import { addToLogContext } from '../../platform/log/index.js';
import { lockConversationRow } from '../conversation/index.js';
import type { WorkItem } from '../work/index.js';
import { lockDelivery, peekDelivery, saveDelivery } from './delivery-rows.js';
import type { NoticeDelivery } from './delivery-rows.js';
import { showInstead, unreached } from './fall-through.js';
import type { Unreached } from './fall-through.js';
import type { NoticeMeter } from './notice-meter.js';
import type { NoticeWriter } from './notice-writer.js';
import { WAY_TIMEOUT_MS } from './outside-ways.js';
import type { OutsideWays, Prepared } from './outside-ways.js';

/** Tells an inquiry that a notice of its reached nobody, in the transaction that learnt it. */
export type NoticeSink = {
  undelivered(tx: Tx, notice: Unreached, at: number): Promise<void>;
};

export type CourierOptions = {
  readonly database: Database;
  readonly writer: NoticeWriter;
  readonly ways: OutsideWays;
  readonly meter: NoticeMeter;
  readonly sink: NoticeSink;
};

/** What the courier has committed to do outside the database. */
type Job =
  | { readonly do: 'tell'; readonly row: NoticeDelivery; readonly prepared: Prepared }
  /** Something was settled without a request: look again. */
  | { readonly do: 'again' }
  | { readonly do: 'wait'; readonly until: number | null };

/** Steps for one delivery before it makes room for others. */
const MAX_STEPS = 20;

/**
 * Carries notices out of Atende, by mail and webhook. What is about to happen is committed before the socket opens, so that a crash
 * leaves no mail behind that would be sent a second time.
 */
export class NoticeCourier {
  constructor(private readonly options: CourierOptions) {}

  /** Handles one `notify` item; returns when to look again (epoch ms), or null. */
  async handle({ tenantId, ref }: WorkItem): Promise<number | null> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const job = await this.options.database.tenant(tenantId, (tx) => this.#next(tx, ref));
      if (job.do === 'wait') return job.until;
      if (job.do === 'tell') await this.#tell(tenantId, job);
    }
    return Date.now();
  }

  /** Finds, under lock, what to do next, and commits to it. */
  async #next(tx: Tx, id: string): Promise<Job> {
    const row = await lock(tx, id);
    if (row === undefined) return { do: 'wait', until: null };
    const now = Date.now();
    const step = nextTelling(row, now, WAY_TIMEOUT_MS[row.means]);
    if (step.do === 'wait') return step;
    if (step.do === 'settle') return this.#settle(tx, row, step.transition);
    const prepared = await this.options.writer.prepare(tx, row, now);
    if (prepared === 'read') return this.#settle(tx, row, withdrawn(row, prepared));
    if (typeof prepared === 'string') return this.#settle(tx, row, untellable(row, prepared));
    await saveDelivery(tx, id, step.next);
    reachCommit(tx, 'notify');
    return { do: 'tell', row: { ...row, ...step.next }, prepared };
  }

  async #settle(tx: Tx, row: NoticeDelivery, transition: TellingTransition): Promise<Job> {
    await this.#conclude(tx, row, transition);
    return { do: 'again' };
  }

  /** Makes the attempt and records its end. Nothing is open in the database meanwhile. */
  async #tell(tenantId: string, { row, prepared }: Extract<Job, { do: 'tell' }>): Promise<void> {
    if (row.inquiryId !== null) addToLogContext({ inquiryId: row.inquiryId });
    const attempt = openAttempt(row, Date.now());
    const outcome =
      attempt === null
        ? ({ kind: 'not_taken', code: 'held_up', retryAfterMs: null } as const)
        : await this.options.ways.tell(prepared);
    const transition = afterTelling(attempt ?? row, outcome, Date.now(), Math.random());
    reach('notify.before-record');
    await this.options.database.tenant(tenantId, async (tx) => {
      const current = await lock(tx, row.id);
      // Somebody else took over while we waited for the answer: their word stands.
      if (current !== undefined && isSameTurn(current, row)) await this.#conclude(tx, row, transition);
      reachCommit(tx, 'notified');
    });
  }

  /** Writes a transition; what has failed is shown inside Atende, and goes on to somebody else if it reached nobody. */
  async #conclude(tx: Tx, row: NoticeDelivery, { next, reason }: TellingTransition): Promise<void> {
    const now = Date.now();
    const isOver = !isUnderWay(next);
    await saveDelivery(tx, row.id, next, { reason, settledAt: isOver ? now : null });
    if (isOver) tx.afterCommit(() => this.options.meter.ended(next, now));
    if (!isOver || next.state === 'delivered' || next.state === 'withdrawn') return;
    await showInstead(tx, row.notificationId, now);
    const notice = await unreached(tx, row.notificationId);
    if (notice === null || notice.by.includes('in_app')) return;
    await this.options.sink.undelivered(tx, { ...notice, code: reason ?? next.state }, now);
  }
}

/** A delivery under lock, after its conversation: what follows from it may go to the inquiry. */
async function lock(tx: Tx, id: string): Promise<NoticeDelivery | undefined> {
  const seen = await peekDelivery(tx, id);
  if (seen === undefined) return undefined;
  if (seen.conversationId !== null) await lockConversationRow(tx, seen.conversationId);
  return lockDelivery(tx, id);
}
