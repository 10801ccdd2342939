import type { InquiryEvent } from '../../domain/inquiry/events.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import { beginTrace, currentLogContext, runWithLogContext } from '../../platform/log/index.js';
import type { Log } from '../../platform/log/index.js';
import type { DrainInput, DrainResult } from '../../workflows/messages.js';
import { requestWork } from '../work/index.js';
import { DecisionDefect } from './defects.js';
import { drain, drainRun, tryOut } from './drain.js';
import type { DrainOptions } from './drain.js';
import type { Trial } from './run.js';
import type { InquiryStores } from './stores.js';

/** Events one call sets aside at most before it gives up and lets the caller try again later. */
const MAX_DEFECTS = 50;

/** Brings inquiries up to date: for the workflow that was rung, and for the loops that work without it. */
export class InquiryEngine {
  constructor(
    private readonly database: Database,
    private readonly stores: InquiryStores,
    private readonly log: Log,
  ) {}

  /** The drain a ring of the workflow runs; null when the inquiry does not exist (any more). */
  async ring(input: DrainInput): Promise<DrainResult | null> {
    return this.#drain(input.tenantId, input.inquiryId, { now: input.now, commands: input.commands, ring: true });
  }

  /** The drain of a loop, at database time; asks for a ring itself if the course changes. */
  async sweep(tenantId: string, inquiryId: string): Promise<DrainResult | null> {
    return this.#drain(tenantId, inquiryId, { now: Date.now(), ring: false });
  }

  /**
   * Drains inside a transaction that has just put something into the inbox, so that cause and consequence commit together.
   * A decision that fails takes back its own part only: the cause stays in the inbox, and a sweep sets it aside.
   */
  async drainIn(tx: Tx, inquiryId: string, now: number): Promise<void> {
    await tx.post('savepoint drain');
    try {
      await drain(tx, this.stores, inquiryId, { now, ring: false });
      await tx.post('release savepoint drain');
    } catch (error) {
      if (!(error instanceof DecisionDefect)) throw error;
      await tx.post('rollback to savepoint drain');
      await requestWork(tx, [{ kind: 'sweep', ref: inquiryId, inquiryId, dueAt: now }]);
    }
  }

  /**
   * The same where the cause must not outlive a failure: tells what was decided, in order; null when there is no such inquiry.
   *
   * @throws DecisionDefect when a decision fails; the transaction must then be rolled back
   */
  async decideIn(tx: Tx, inquiryId: string, now: number): Promise<readonly Trial[] | null> {
    const run = await drainRun(tx, this.stores, inquiryId, { now, ring: false });
    return run?.trials() ?? null;
  }

  /**
   * What an event would lead to as things stand; nothing is locked or written. Null when there is no such inquiry.
   *
   * @throws DecisionDefect when it cannot be decided
   */
  tryOut(tx: Tx, inquiryId: string, event: InquiryEvent, now: number): Promise<Trial | null> {
    return tryOut(tx, this.stores, inquiryId, event, now);
  }

  async #drain(tenantId: string, inquiryId: string, options: DrainOptions): Promise<DrainResult | null> {
    const { meter } = this.stores;
    const cause = options.ring ? 'ring' : 'sweep';
    const begunAt = performance.now();
    const traceId = currentLogContext().traceId ?? beginTrace().traceId;
    return runWithLogContext({ tenantId, inquiryId, traceId }, async () => {
      try {
        const result = await this.#drainPastDefects(tenantId, inquiryId, options);
        meter.drained(cause, 'done', begunAt);
        return result;
      } catch (error) {
        meter.drained(cause, 'failed', begunAt);
        throw error;
      }
    });
  }

  async #drainPastDefects(tenantId: string, inquiryId: string, options: DrainOptions): Promise<DrainResult | null> {
    const defects: DecisionDefect[] = [];
    for (;;) {
      try {
        const work = async (tx: Tx): Promise<DrainResult | null> => {
          const result = await drain(tx, this.stores, inquiryId, options, defects);
          reachCommit(tx, options.ring ? 'drain' : 'sweep');
          return result;
        };
        return await this.database.tenant(tenantId, work, { urgent: options.ring, byKeys: true });
      } catch (error) {
        if (!(error instanceof DecisionDefect) || defects.length >= MAX_DEFECTS) throw error;
        defects.push(error);
        this.stores.meter.setAside();
        this.log.error(
          { code: error.code, event: error.row?.kind ?? 'time', stack: stackOf(error) },
          'decision failed',
        );
      }
    }
  }
}

/** Where it failed, without the message: that may hold what was decided on. */
function stackOf(error: DecisionDefect): string {
  const stack = error.cause instanceof Error ? (error.cause.stack ?? '') : '';
  return stack.split('\n').slice(1, 6).join('\n');
}
