import { biteColumns } from '../task/index.js';
import type { AddParameter, Stretch } from '../task/index.js';
import type { Reader } from './inquiry-list-sql.js';

export const TASK_STATES = [
  'ready',
  'offered',
  'claimed',
  'awaiting_approval',
  'completed',
  'cancelled',
  'superseded',
  'expired',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

const ENDED: ReadonlySet<TaskState> = new Set(['completed', 'cancelled', 'superseded', 'expired']);

export type TaskFilter = {
  readonly states?: readonly TaskState[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly queue?: string | undefined;
  /** Held by this member, or offered to them. */
  readonly memberId?: string | undefined;
  readonly inquiryId?: string | undefined;
  /** Nobody has held it for at least so long (ms): neither since it opened nor since it was last taken. */
  readonly staleMs?: number | undefined;
};

type Statement = { readonly sql: string; readonly params: readonly unknown[] };

/** A lease or an offer that has run out counts no more, whether or not anybody has noticed. */
export const EFFECTIVE_STATE = `
  case when t.state = 'claimed' and t.lease_until < statement_timestamp() then 'ready'
       when t.state = 'offered' and t.offer_until < statement_timestamp() then 'ready' else t.state end`;

const LAPSED = `
  (t.state = 'claimed' and t.lease_until < statement_timestamp() or t.state = 'offered' and t.offer_until < statement_timestamp()) is true`;

/**
 * That the effective state is one of `$3`. Said of the column and not of an expression over it, for the planner knows how common its
 * values are: it would take the expression to be true of hardly any task, and begin with all of them.
 */
const IN_STATES = `
  ($3::text[] is null or (t.state = any($3) and not ${LAPSED}) or ('ready' = any($3) and ${LAPSED}))`;

/** Whether a filter lets in tasks that are open, and tasks that have ended. */
export function partsOf(filter: TaskFilter): { readonly open: boolean; readonly ended: boolean } {
  const states = filter.states ?? TASK_STATES;
  return { open: states.some((state) => !ENDED.has(state)), ended: states.some((state) => ENDED.has(state)) };
}

/** Parameters `$1` to `$8` of both statements. */
function conditions(tenantId: string, reader: Reader, filter: TaskFilter): unknown[] {
  return [
    tenantId,
    reader.reach === 'own' ? reader.queues : null,
    filter.states ?? null,
    filter.kinds ?? null,
    filter.queue ?? null,
    filter.memberId ?? null,
    filter.inquiryId ?? null,
    filter.staleMs === undefined ? null : filter.staleMs / 1_000,
  ];
}

const WHERE = `
  t.tenant_id = $1 and ($2::text[] is null or t.queue_key = any($2))
  and ${IN_STATES} and ($4::text[] is null or t.kind = any($4))
  and ($5::text is null or t.queue_key = $5)
  and ($6::uuid is null or (t.holder_id = $6 and (t.ended_at is not null or t.lease_until >= statement_timestamp()))
       or (t.offered_to = $6 and t.offer_until >= statement_timestamp()))
  and ($7::uuid is null or t.inquiry_id = $7)
  and ($8::float8 is null or (${EFFECTIVE_STATE} = 'ready'
       and greatest(t.opened_at, t.claimed_at) <= statement_timestamp() - make_interval(secs => $8)))`;

/**
 * Ids of open tasks within one stretch of what bites first. Snoozed ones stay hidden, except among the tasks of one inquiry.
 */
export function openTasks(
  tenantId: string,
  reader: Reader,
  filter: TaskFilter,
  page: { readonly stretch: (add: AddParameter) => Stretch; readonly limit: number },
): Statement {
  const params = conditions(tenantId, reader, filter);
  const add: AddParameter = (value) => `$${params.push(value)}`;
  const { where, order } = page.stretch(add);
  const visible = `($7::uuid is not null or t.snoozed_until is null or t.snoozed_until <= statement_timestamp())`;
  const sql = `
    select t.id, ${biteColumns('t.id')}
      from inquiry i join task t on t.tenant_id = i.tenant_id and t.inquiry_id = i.id
     where i.tenant_id = $1 and ${WHERE} and t.ended_at is null and ${visible} and ${where}
     order by ${order} limit ${add(page.limit)}`;
  return { sql, params };
}

/** Ids of ended tasks, newest ending first. */
export function endedTasks(
  tenantId: string,
  reader: Reader,
  filter: TaskFilter,
  page: { readonly after: readonly [endedAt: string, id: string] | null; readonly limit: number },
): Statement {
  const beyond = page.after === null ? '' : 'and (t.ended_at, t.id) < ($10::timestamptz, $11::uuid)';
  return {
    sql: `select t.id, t.ended_at as "endedAt" from task t
           where ${WHERE} and t.ended_at is not null ${beyond} order by t.ended_at desc, t.id desc limit $9`,
    params: [...conditions(tenantId, reader, filter), page.limit, ...(page.after ?? [])],
  };
}
