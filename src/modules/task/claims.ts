import { leaseEnd } from '../../domain/assignment/duty.js';
import { claim, claimRefusal, release, renew, takeAway } from '../../domain/task/claim.js';
import type { HoldChange, HoldOutcome, HoldRefusal } from '../../domain/task/claim.js';
import type { Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { memberHours } from '../queue/index.js';
import type { RosterStore } from '../roster/index.js';
import { requestWork, withdrawWork } from '../work/index.js';
import { explain } from './explained-refusal.js';
import type { ExplainedRefusal } from './explained-refusal.js';
import { recordHold, recordRefusal } from './hold-records.js';
import type { TaskActor } from './hold-records.js';
import { nextReady } from './next-ready.js';
import { lockTask, writeHold } from './task-rows.js';
import type { HeldTask } from './task-rows.js';

export type { TaskActor } from './hold-records.js';

/** What became of an act on a task's hold; a refusal is recorded already, in the same transaction. */
export type HoldResult = { readonly task: HeldTask } | { readonly refused: ExplainedRefusal };

/** Words a holder keeps with a task until they are sent. */
export type Draft = { readonly text: string; readonly language: string | null };

/** How long somebody who gave a task back is not given it again by `next`, in ms. */
export const PASSED_OVER_MS = 3_600_000;

/** How often `next` looks again when others were quicker. */
const ATTEMPTS = 5;

/**
 * Claims, leases and drafts: compare-and-set in PostgreSQL under the lock order inquiry → task, without the workflow
 * (engine.md 7). Each act records itself: history, stream, audit, and when the lease has to be looked at again.
 */
export class Claims {
  constructor(
    readonly calendars: CalendarStore,
    readonly rosters: RosterStore,
    private readonly vault: Vault,
  ) {}

  /** Takes a task for the actor. Who cannot have it is told so without waiting for the lock of those who try. */
  async claim(tx: Tx, actor: TaskActor, task: HeldTask): Promise<HoldResult> {
    if (task.authorId === actor.memberId) return this.#refuse(tx, actor, task, 'claim', { code: 'own_work' });
    const hopeless = claimRefusal(task.hold, actor.memberId, task.now);
    if (hopeless !== null) return this.#refuse(tx, actor, task, 'claim', hopeless);
    return this.#claimLocked(tx, actor, await lockTask(tx, task));
  }

  /** Takes what bites first and is free for the actor, in the given queues or, with null, in all; null when nothing is. */
  async next(tx: Tx, actor: TaskActor, queues: readonly string[] | null): Promise<HeldTask | null> {
    const search = { memberId: actor.memberId, role: actor.role, queues, passedOverMs: PASSED_OVER_MS };
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await nextReady(tx, search, attempt === 0 ? 'pass over' : 'look at');
      if (found === null && attempt > 0) return null;
      const task = found === null ? null : await lockTask(tx, found);
      if (task === null || claimRefusal(task.hold, actor.memberId, task.now) !== null) continue;
      const result = await this.#claimLocked(tx, actor, task);
      return 'task' in result ? result.task : null;
    }
    return null;
  }

  /** Prolongs the actor's lease from now on. */
  async renew(tx: Tx, actor: TaskActor, task: HeldTask, token: number): Promise<HoldResult> {
    return this.#prolong(tx, actor, await lockTask(tx, task), token, 'renew');
  }

  /** Keeps the actor's words with the task and prolongs the lease. */
  async saveDraft(tx: Tx, actor: TaskActor, task: HeldTask, token: number, draft: Draft): Promise<HoldResult> {
    const result = await this.#prolong(tx, actor, await lockTask(tx, task), token, 'draft');
    if ('refused' in result) return result;
    const keys = await this.vault.unlock(tx, { cases: [task.inquiryId] });
    const place = { owner: { case: task.inquiryId }, table: 'task', column: 'draft', row: task.id };
    await tx.post(
      `update task set draft = $3, draft_language = $4, draft_by = $5, draft_at = $6 where tenant_id = $1 and id = $2`,
      [tx.tenantId, task.id, keys.seal(place, draft.text), draft.language, actor.memberId, instant(result.task.now)],
    );
    return result;
  }

  /** Gives the task back with the token or, without one, takes it away from whoever has it; draft and note stay. */
  async release(tx: Tx, actor: TaskActor, task: HeldTask, token: number | null): Promise<HoldResult> {
    const locked = await lockTask(tx, task);
    const outcome = token === null ? takeAway(locked.hold, locked.now) : release(locked.hold, actor.memberId, token);
    if ('refused' in outcome) return this.#refuse(tx, actor, locked, 'release', outcome.refused);
    await recordHold(tx, actor, locked, 'released', outcome);
    await writeHold(tx, locked, outcome.hold);
    await this.#passOver(tx, actor, locked);
    await withdrawWork(tx, ['lease'], locked.id);
    return { task: { ...locked, hold: outcome.hold } };
  }

  async #claimLocked(tx: Tx, actor: TaskActor, task: HeldTask): Promise<HoldResult> {
    const outcome = claim(task.hold, actor.memberId, await this.#leaseEnd(tx, actor, task), task.now);
    const result = await this.#hold(tx, actor, task, outcome, 'claim');
    reachCommit(tx, 'claim');
    return result;
  }

  async #prolong(tx: Tx, actor: TaskActor, task: HeldTask, token: number, act: 'renew' | 'draft'): Promise<HoldResult> {
    return this.#hold(
      tx,
      actor,
      task,
      renew(task.hold, actor.memberId, token, await this.#leaseEnd(tx, actor, task)),
      act,
    );
  }

  async #leaseEnd(tx: Tx, { memberId }: TaskActor, { queue, now, leaseMs }: HeldTask): Promise<number> {
    return leaseEnd(await memberHours(tx, this, queue, memberId, now), now, leaseMs);
  }

  async #hold(tx: Tx, actor: TaskActor, task: HeldTask, outcome: HoldOutcome, act: string): Promise<HoldResult> {
    if ('refused' in outcome) return this.#refuse(tx, actor, task, act, outcome.refused);
    // A renewal changes no hands, unless the lease had been ended and the owner comes back to it.
    if (task.hold.holderId !== actor.memberId || outcome.lapsed !== null)
      await recordHold(tx, actor, task, 'claimed', outcome);
    await writeHold(tx, task, outcome.hold);
    await watchLease(tx, task, outcome);
    return { task: { ...task, hold: outcome.hold } };
  }

  async #passOver(tx: Tx, actor: TaskActor, task: HeldTask): Promise<void> {
    const recent = Object.entries(task.releasedBy).filter(([, at]) => task.now - at < PASSED_OVER_MS);
    await tx.post('update task set released_by = $3::jsonb where tenant_id = $1 and id = $2', [
      tx.tenantId,
      task.id,
      JSON.stringify({ ...Object.fromEntries(recent), [actor.memberId]: task.now }),
    ]);
  }

  async #refuse(tx: Tx, actor: TaskActor, task: HeldTask, act: string, refused: HoldRefusal): Promise<HoldResult> {
    await recordRefusal(tx, actor, task, act, refused.code);
    return { refused: await explain(tx, task, refused) };
  }
}

/** Asks for a look at the lease once its last instant is over. */
async function watchLease(tx: Tx, { id, inquiryId }: HeldTask, { hold }: HoldChange): Promise<void> {
  if (hold.leaseUntil === null) return;
  await requestWork(tx, [{ kind: 'lease', ref: id, inquiryId, dueAt: hold.leaseUntil + 1, mode: 'exact' }]);
}
