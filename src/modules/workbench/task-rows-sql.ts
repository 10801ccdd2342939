import type { Tx } from '../../platform/database/index.js';
import { EFFECTIVE_STATE } from './task-list-sql.js';
import type { TaskState } from './task-list-sql.js';

/** A task with the names of people in it and what its answer depends on, as read from the database. */
export type StoredTask = {
  readonly id: string;
  readonly kind: string;
  readonly state: TaskState;
  readonly queue: string;
  readonly step: string | null;
  readonly reason: string | null;
  readonly aboutMessageId: string | null;
  readonly assigneeId: string | null;
  readonly assigneeName: string | null;
  readonly offerUntil: number | null;
  readonly holderId: string | null;
  readonly holderName: string | null;
  readonly token: number;
  readonly leaseUntil: number | null;
  readonly snoozedUntil: number | null;
  readonly openedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly draft: Buffer | null;
  readonly draftLanguage: string | null;
  readonly draftById: string | null;
  readonly draftByName: string | null;
  readonly draftAt: number | null;
  readonly note: Buffer | null;
  readonly noteFromId: string | null;
  readonly noteFromName: string | null;
  readonly noteAt: number | null;
  /** Of an open approval: command that carries what was handed in, its hash, the outcome of a form, and by whom. */
  readonly contentOf: string | null;
  readonly contentHash: string | null;
  readonly formOutcome: string | null;
  readonly authorId: string | null;
  readonly authorName: string | null;
  readonly nextDue: number | null;
  readonly inquiryId: string;
  readonly definitionKey: string;
  readonly definitionVersion: number;
  readonly buyerId: string;
  readonly channel: string;
  /** Whether the thread takes one answer. */
  readonly oneAnswer: boolean;
  readonly windowUntil: number | null;
  /** Whether everybody can read the thread the buyer wrote in. */
  readonly public: boolean;
};

const name = (id: string): string => `(select m.name from member m where m.tenant_id = $1 and m.id = ${id})`;

/** Who holds an open task, unless the lease has run out; who ended an ended one. */
const HOLDER = `case when t.ended_at is not null or t.lease_until >= statement_timestamp() then t.holder_id end`;
const ASSIGNEE = `case when t.offer_until >= statement_timestamp() then t.offered_to end`;

// Names are looked up one by one: joined, ten tables would take longer to plan than to read.
const TASKS = `
  select t.id, t.kind, ${EFFECTIVE_STATE} as state, t.queue_key as queue, t.step, t.reason,
         t.about_message_id as "aboutMessageId", t.snoozed_until as "snoozedUntil", t.opened_at as "openedAt",
         t.ended_at as "endedAt", t.outcome, t.token,
         ${ASSIGNEE} as "assigneeId", ${name(ASSIGNEE)} as "assigneeName",
         case when t.offer_until >= statement_timestamp() then t.offer_until end as "offerUntil",
         ${HOLDER} as "holderId", ${name(HOLDER)} as "holderName", case when ${HOLDER} is not null then t.lease_until end as "leaseUntil",
         t.draft, t.draft_language as "draftLanguage", t.draft_by as "draftById", ${name('t.draft_by')} as "draftByName",
         t.draft_at as "draftAt", t.handover_note as note, t.handover_from as "noteFromId",
         ${name('t.handover_from')} as "noteFromName", t.handover_at as "noteAt",
         p.approval ->> 'commandId' as "contentOf", p.approval ->> 'contentHash' as "contentHash",
         p.approval #>> '{what,outcome}' as "formOutcome", t.author_id as "authorId", ${name('t.author_id')} as "authorName",
         i.due_any as "nextDue", i.id as "inquiryId", i.definition_key as "definitionKey",
         i.definition_version as "definitionVersion", i.buyer_id as "buyerId", i.channel, i.one_answer as "oneAnswer",
         c.window_until as "windowUntil",
         coalesce((select (m.platform ->> 'public')::boolean from message m
                    where m.tenant_id = $1 and m.inquiry_id = i.id and m.direction = 'in'
                    order by m.position desc limit 1), false) as public
    from unnest($2::uuid[]) with ordinality as wanted (id, place)
    join task t on t.tenant_id = $1 and t.id = wanted.id
    join inquiry i on i.tenant_id = $1 and i.id = t.inquiry_id
    join conversation c on c.tenant_id = $1 and c.id = i.conversation_id
    left join lateral (select i.state -> 'approval' as approval
                        where i.state #>> '{approval,task}' = t.key and t.kind = 'approve') p on true
   order by wanted.place`;

/** Tasks in the order of their ids; ids the tenant does not have are left out. */
export async function readTasks(tx: Tx, ids: readonly string[]): Promise<StoredTask[]> {
  return ids.length === 0 ? [] : tx.query<StoredTask>(TASKS, [tx.tenantId, ids]);
}
