import { asksForActivity } from '../../domain/assignment/choose.js';
import { endsWithShift } from '../../domain/assignment/duty.js';
import { expire, standingOf } from '../../domain/task/claim.js';
import type { HoldChange } from '../../domain/task/claim.js';
import { assignStepFor, nextLook, shiftOffer } from '../../domain/task/shift-offer.js';
import type { ShiftOffer } from '../../domain/task/shift-offer.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { PlanStore } from '../definition/index.js';
import { memberHours, queueActivity, queueFacts, rotateQueue, takeChoiceTurn } from '../queue/index.js';
import type { RosterStore } from '../roster/index.js';
import type { WorkItem } from '../work/index.js';
import { recordExpiry, recordShiftOffer } from './hold-records.js';
import type { ExpiryCause } from './hold-records.js';
import { lockTask, markHandover, peekTask, writeHold } from './task-rows.js';
import type { HeldTask } from './task-rows.js';

type Circumstances = {
  readonly definitionKey: string;
  readonly definitionVersion: number;
  readonly language: string | null;
  readonly lastAgentId: string | null;
  readonly snoozed: boolean;
  readonly shopKey: string;
  readonly channel: string;
};

const CIRCUMSTANCES = `
  select i.definition_key as "definitionKey", i.definition_version as "definitionVersion", i.language,
         c.last_agent_id as "lastAgentId", coalesce(t.snoozed_until > statement_timestamp(), false) as snoozed,
         s.key as "shopKey", s.channel
    from task t
    join inquiry i on i.tenant_id = t.tenant_id and i.id = t.inquiry_id
    join conversation c on c.tenant_id = i.tenant_id and c.id = i.conversation_id
    join shop s on s.tenant_id = i.tenant_id and s.id = i.shop_id
   where t.tenant_id = $1 and t.id = $2`;

/**
 * Ends leases and offers that have run out, and offers what nobody was there for as the next shift starts. It never wakes
 * a workflow: who holds a task is no step of the inquiry's way (engine.md 7).
 */
export class LeaseKeeper {
  constructor(
    private readonly database: Database,
    readonly calendars: CalendarStore,
    readonly rosters: RosterStore,
    private readonly plans: PlanStore,
  ) {}

  /** Handles one `lease` item. Returns when to look again (epoch ms), or null when there is nothing to look at. */
  async handle(item: WorkItem): Promise<number | null> {
    return this.database.tenant(item.tenantId, async (tx) => {
      const again = await this.#look(tx, item);
      reachCommit(tx, 'lease');
      return again;
    });
  }

  async #look(tx: Tx, item: WorkItem): Promise<number | null> {
    const seen = await peekTask(tx, item.ref);
    if (seen === null) return null;
    const standing = standingOf(seen.hold, seen.now);
    if (standing === 'ended' || standing === 'awaiting') return null;
    if (standing === 'held') return (seen.hold.leaseUntil ?? seen.now) + 1;
    if (standing === 'offered') return (seen.hold.offerUntil ?? seen.now) + 1;
    const task = await lockTask(tx, seen);
    const expired = expire(task.hold, task.now);
    if (expired !== null) {
      const cause = await this.#causeOf(tx, task, expired.lapsed);
      await recordExpiry(tx, task, expired, cause);
      await writeHold(tx, task, expired.hold);
      if (cause === 'shift_end') await markHandover(tx, task);
      return null;
    }
    // Somebody was quicker, or it has been through somebody's hands: anybody in the queue may take it.
    if (standingOf(task.hold, task.now) !== 'ready' || task.hold.token > 0) return null;
    return this.#atShiftStart(tx, task, item.dueAt > task.openedAt);
  }

  async #causeOf(tx: Tx, { queue, now }: HeldTask, lapsed: HoldChange['lapsed']): Promise<ExpiryCause> {
    if (lapsed === null) return 'time';
    const hours = await memberHours(tx, this, queue, lapsed.memberId, now);
    return endsWithShift(hours, lapsed.leaseUntil) ? 'shift_end' : 'time';
  }

  /** A task that opened when nobody was there: offered as a shift starts, by the plan's own strategy. */
  async #atShiftStart(tx: Tx, task: HeldTask, shiftStarts: boolean): Promise<number | null> {
    const about = await tx.one<Circumstances>(CIRCUMSTANCES, [tx.tenantId, task.id]);
    const step = assignStepFor(await this.plans.plan(tx, about.definitionKey, about.definitionVersion), task.queue);
    const mayOffer = shiftStarts && !about.snoozed;
    if (mayOffer) await takeChoiceTurn(tx, [task.queue]);
    const queue = step === null ? null : await queueFacts(tx, this, task.queue, task.now);
    if (step === null || queue === null) return null;
    const { language, lastAgentId, shopKey: key, channel } = about;
    const activity = asksForActivity(queue, step.strategy) ? await queueActivity(tx, queue, task.now) : null;
    const facts = { language, lastAgentId, shop: { key, channel }, activity, now: task.now };
    const offer = mayOffer ? shiftOffer(step, queue, facts) : null;
    return offer === null ? nextLook(queue, task.now) : this.#offer(tx, task, offer);
  }

  async #offer(tx: Tx, task: HeldTask, offer: ShiftOffer): Promise<number> {
    const { memberId, until } = offer;
    await recordShiftOffer(tx, task, offer);
    await writeHold(tx, task, { ...task.hold, token: task.hold.token + 1, offeredTo: memberId, offerUntil: until });
    if (offer.choice.by === 'round_robin') await rotateQueue(tx, offer.request.queue.key, memberId);
    return until + 1;
  }
}
