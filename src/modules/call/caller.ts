import { afterAsking, afterChecking, callRestsUntil, impossible, nextCallStep } from '../../domain/call/call.js';
import type { CallEnd, CallTransition } from '../../domain/call/call.js';
import { isSameTurn, openAttempt } from '../../domain/outbox/turn.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reach, reachCommit } from '../../platform/kill-point/index.js';
import { addToLogContext } from '../../platform/log/index.js';
import type { Connections } from '../connection/index.js';
import { lockConversationRow } from '../conversation/index.js';
import type { WorkItem } from '../work/index.js';
import { conversationOf, lockCall, saveCall } from './call-rows.js';
import type { CallRow } from './call-rows.js';
import type { OutsideSystem, Prepared } from './outside-system.js';
import { wayOf } from './way.js';
import type { Way } from './way.js';

/** Tells an inquiry what became of one of its calls, in the transaction that learnt it. */
export type CallSink = {
  answered(
    tx: Tx,
    call: Pick<CallRow, 'id' | 'key' | 'inquiryId' | 'conversationId' | 'attempts'>,
    end: CallEnd & { readonly at: number },
  ): Promise<void>;
};

export type CallerOptions = {
  readonly database: Database;
  readonly connections: Connections;
  readonly vault: Vault;
  readonly outside: OutsideSystem;
  readonly sink: CallSink;
};

/** What the caller has committed to do outside the database. */
type Job =
  | { readonly do: 'ask' | 'check'; readonly row: CallRow; readonly way: Way; readonly prepared: Prepared }
  /** Something was settled without a request: look again. */
  | { readonly do: 'again' }
  | { readonly do: 'wait'; readonly until: number | null };

/** Steps for one call before it makes room for others. */
const MAX_STEPS = 20;

/**
 * Makes calls to outside systems. What is about to happen is committed before the socket opens, so whatever a crash leaves
 * behind is looked for at the other side instead of being asked for again.
 */
export class Caller {
  constructor(private readonly options: CallerOptions) {}

  /** Handles one `call` item; returns when to look again (epoch ms), or null. */
  async handle(item: WorkItem): Promise<number | null> {
    const { database } = this.options;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const job = await database.tenant(item.tenantId, (tx) => this.#next(tx, item.ref));
      if (job.do === 'wait') return job.until;
      if (job.do !== 'again') await this.#carryOut(item.tenantId, job);
    }
    return Date.now();
  }

  /** Finds, under lock, what to do next, and commits to it. */
  async #next(tx: Tx, id: string): Promise<Job> {
    const conversationId = await conversationOf(tx, id);
    if (conversationId === null) return { do: 'wait', until: null };
    await lockConversationRow(tx, conversationId);
    const row = await lockCall(tx, id);
    if (row === undefined) return { do: 'wait', until: null };
    const now = Date.now();
    const until = callRestsUntil(row, now);
    if (until !== 0) return { do: 'wait', until };
    const { connections, vault } = this.options;
    const way = await wayOf(tx, connections, vault, row);
    if (typeof way === 'string') return this.#settle(tx, row, impossible(row, way));
    const step = nextCallStep(row, now, way.times);
    if (step.do === 'wait') return step;
    if (step.do === 'settle') return this.#settle(tx, row, step.transition);
    await saveCall(tx, row.id, step.next, { version: way.version });
    reachCommit(tx, 'call');
    const prepared = step.do === 'ask' ? way.ask : way.check;
    return prepared === null ? { do: 'again' } : { do: step.do, row: { ...row, ...step.next }, way, prepared };
  }

  async #settle(tx: Tx, row: CallRow, transition: CallTransition): Promise<Job> {
    await this.#conclude(tx, row, transition);
    return { do: 'again' };
  }

  /** Makes the request and records the end. Nothing is open in the database meanwhile. */
  async #carryOut(tenantId: string, job: Extract<Job, { do: 'ask' | 'check' }>): Promise<void> {
    const { row } = job;
    addToLogContext({ inquiryId: row.inquiryId });
    const transition = job.do === 'ask' ? await this.#ask(job) : await this.#check(job);
    reach('call.before-record');
    await this.options.database.tenant(tenantId, async (tx) => {
      await lockConversationRow(tx, row.conversationId);
      const current = await lockCall(tx, row.id);
      // Somebody else took over while we waited for the answer: they look for it, and find it.
      if (current !== undefined && isSameTurn(current, row)) await this.#conclude(tx, row, transition);
      reachCommit(tx, 'answer');
    });
  }

  async #ask({ row, way, prepared }: Extract<Job, { do: 'ask' | 'check' }>): Promise<CallTransition> {
    const attempt = openAttempt(row, Date.now());
    const outcome =
      attempt === null
        ? ({ kind: 'not_taken', retryAfterMs: null, code: 'held_up' } as const)
        : await this.options.outside.ask(prepared);
    return afterAsking(attempt ?? row, outcome, Date.now(), way.times, Math.random());
  }

  async #check({ row, way, prepared }: Extract<Job, { do: 'ask' | 'check' }>): Promise<CallTransition> {
    const outcome = await this.options.outside.check(prepared);
    return afterChecking(row, outcome, Date.now(), way.times, Math.random());
  }

  /** Writes a transition and tells the inquiry how the call ended. */
  async #conclude(tx: Tx, row: CallRow, { next, end, reason }: CallTransition): Promise<void> {
    const at = Date.now();
    await saveCall(tx, row.id, next, { reason, settledAt: end === null ? null : at });
    if (end !== null) await this.options.sink.answered(tx, { ...row, attempts: next.attempts }, { ...end, at });
  }
}
