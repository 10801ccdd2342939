import { standingOf } from '../../domain/task/claim.js';
import type { HoldRefusal } from '../../domain/task/claim.js';
import type { Tx } from '../../platform/database/index.js';
import type { HeldTask } from './task-rows.js';

type Person = { readonly id: string; readonly name: string };

/** A refusal with what its caller needs to go on: how the task stands, and the people by name. */
export type ExplainedRefusal = {
  readonly code: HoldRefusal['code'];
  /** State of the task at the instant of the refusal. */
  readonly state: string;
  readonly holder: Person | null;
  readonly assignee: Person | null;
  /** Until when it is offered (epoch ms). */
  readonly until: number | null;
};

const STATES = { awaiting: 'awaiting_approval', held: 'claimed', offered: 'offered', ready: 'ready' } as const;

/** Puts names to a refusal. */
export async function explain(tx: Tx, task: HeldTask, refused: HoldRefusal): Promise<ExplainedRefusal> {
  const standing = standingOf(task.hold, task.now);
  const holderId = standing === 'held' ? task.hold.holderId : null;
  const assigneeId = standing === 'offered' ? task.hold.offeredTo : null;
  const people = await tx.query<Person>('select id, name from member where tenant_id = $1 and id = any($2::uuid[])', [
    tx.tenantId,
    [holderId, assigneeId].filter((id) => id !== null),
  ]);
  const named = (id: string | null): Person | null => people.find((person) => person.id === id) ?? null;
  return {
    code: refused.code,
    state: standing === 'ended' ? task.state : STATES[standing],
    holder: named(holderId),
    assignee: named(assigneeId),
    until: standing === 'offered' ? task.hold.offerUntil : null,
  };
}
