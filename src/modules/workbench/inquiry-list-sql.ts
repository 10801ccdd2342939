import type { Reach } from '../../domain/identity/permissions.js';
import { instant } from '../../platform/database/index.js';
import { biteColumns } from '../task/index.js';
import type { AddParameter, Stretch } from '../task/index.js';

/** States of inquiries that have ended; every other state is open in the sense of work to do. */
const ENDED_STATES = ['closed', 'archived'];

export type InquiryFilter = {
  readonly ids?: readonly string[] | undefined;
  /** Only those that have ended, or only those that have not; both when not given. */
  readonly ended?: boolean | undefined;
  readonly states?: readonly string[] | undefined;
  readonly queue?: string | undefined;
  readonly holderId?: string | undefined;
  /** Id or key. */
  readonly shop?: { readonly id: string } | { readonly key: string } | undefined;
  readonly category?: string | undefined;
  readonly intent?: string | undefined;
  readonly urgency?: string | undefined;
  readonly tag?: string | undefined;
  /** Epoch ms, inclusive. */
  readonly openedFrom?: number | undefined;
  /** Epoch ms, exclusive. */
  readonly openedTo?: number | undefined;
  /** Words of its texts. */
  readonly q?: string | undefined;
  /** Words of its texts as the index of words has them; all of them must be found. */
  readonly tokens?: readonly string[] | undefined;
};

/** Who reads: how far, and which queues are theirs. */
export type Reader = { readonly reach: Reach; readonly queues: readonly string[] };

export type InquirySelection = {
  readonly filter: InquiryFilter;
  readonly sort: 'opened' | 'due';
  /** Position of the last row of the page before, as its `position` told. */
  readonly after: readonly unknown[] | null;
  readonly limit: number;
};

/** Whether states that a filter wants include ended ones, and ones that have not ended. */
export function wantedOf({ states }: InquiryFilter): { readonly open: boolean; readonly ended: boolean } {
  if (states === undefined) return { open: true, ended: true };
  const ended = states.filter((state) => ENDED_STATES.includes(state));
  return { open: ended.length < states.length, ended: ended.length > 0 };
}

/** Statement text and parameters under construction. */
class Params {
  readonly values: unknown[] = [];

  /** Adds a parameter and returns its place, for example `$3`. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Conditions of a filter and of what the reader may see. */
function conditions(params: Params, filter: InquiryFilter, reader: Reader): string {
  const where: string[] = [];
  const add = (sql: (place: string) => string, value: unknown): void => {
    if (value !== undefined) where.push(sql(params.add(value)));
  };
  add((p) => `i.id = any(${p}::uuid[])`, filter.ids);
  add((p) => `i.status = any(${p}::text[])`, filter.states);
  // Said of the column that the indexes of open work depend on: the ended ones are many times as many.
  if (filter.ended !== undefined) where.push(`i.closed_at is ${filter.ended ? 'not null' : 'null'}`);
  add((p) => `i.queue_key = ${p}`, filter.queue);
  add((p) => `i.holder_id = ${p}::uuid`, filter.holderId);
  if (filter.shop !== undefined && 'id' in filter.shop) add((p) => `i.shop_id = ${p}::uuid`, filter.shop.id);
  if (filter.shop !== undefined && 'key' in filter.shop) {
    add((p) => `i.shop_id = (select id from shop where tenant_id = $1 and key = ${p})`, filter.shop.key);
  }
  add((p) => `i.category = ${p}`, filter.category);
  add((p) => `i.intent = ${p}`, filter.intent);
  add((p) => `i.urgency = ${p}`, filter.urgency);
  add((p) => `i.tags @> array[${p}::text]`, filter.tag);
  add((p) => `i.opened_at >= ${p}::timestamptz`, instant(filter.openedFrom) ?? undefined);
  add((p) => `i.opened_at < ${p}::timestamptz`, instant(filter.openedTo) ?? undefined);
  for (const token of filter.tokens ?? []) {
    add((p) => `i.id in (select inquiry_id from search_token where tenant_id = $1 and token = ${p}::bigint)`, token);
  }
  // What has no queue yet is everybody's who has own queues.
  if (reader.reach === 'own') add((p) => `(i.queue_key is null or i.queue_key = any(${p}::text[]))`, reader.queues);
  return ['i.tenant_id = $1', ...where].join(' and ');
}

const NEWEST_FIRST = 'i.opened_at desc, i.id desc';

function newestFirst(params: Params, where: string, { after, limit }: InquirySelection): string {
  const beyond =
    after === null
      ? ''
      : `and (i.opened_at, i.id) < (${params.add(after[0])}::timestamptz, ${params.add(after[1])}::uuid)`;
  return `select i.* from inquiry i where ${where} ${beyond} order by ${NEWEST_FIRST} limit ${params.add(limit)}`;
}

/** Names, newest message and open task of the inquiries of one page; the page itself needs the `inquiry` table only. */
const rowsOf = (page: string, order: string): string => `
  with page as (${page})
  select i.id, i.number, i.conversation_id as "conversationId", i.shop_id as "shopId", s.name as "shopName", i.channel,
         i.buyer_id as "buyerId", b.name as "buyerName", i.status as state, i.step, i.category, i.intent, i.urgency, i.sensitive,
         i.language, i.tags, i.queue_key as queue, i.holder_id as "holderId", h.name as "holderName",
         i.unanswered_since as "unansweredSince", i.due_any as "nextDue", i.opened_at as "openedAt",
         i.closed_at as "closedAt", ${biteColumns('i.id')}, m.id as "messageId", m.direction, m.text, m.sent_at as "messageAt", t.id as "taskId",
         t.kind as "taskKind", t.state as "taskState", t.holder_id as "taskHolderId", th.name as "taskHolderName"
    from page i
    join shop s on s.tenant_id = $1 and s.id = i.shop_id
    join buyer b on b.tenant_id = $1 and b.id = i.buyer_id
    left join member h on h.tenant_id = $1 and h.id = i.holder_id
    left join lateral (
      select id, direction, text, sent_at from message
       where tenant_id = $1 and inquiry_id = i.id and direction <> 'note' order by position desc limit 1) m on true
    left join lateral (
      select id, kind, state, holder_id from task
       where tenant_id = $1 and inquiry_id = i.id and ended_at is null
       order by kind = 'reply' desc, opened_at, id limit 1) t on true
    left join member th on th.tenant_id = $1 and th.id = t.holder_id
   order by ${order}`;

type Statement = { readonly sql: string; readonly params: readonly unknown[] };

/** The statement for one page of the list, newest opened first. */
export function newestStatement(tenantId: string, reader: Reader, selection: InquirySelection): Statement {
  const params = new Params();
  params.add(tenantId);
  const page = newestFirst(params, conditions(params, selection.filter, reader), selection);
  return { sql: rowsOf(page, NEWEST_FIRST), params: params.values };
}

/** The statement for up to `limit` inquiries within one stretch of what bites first. */
export function bitingStatement(
  tenantId: string,
  reader: Reader,
  filter: InquiryFilter,
  page: { readonly stretch: (add: AddParameter) => Stretch; readonly limit: number },
): Statement {
  const params = new Params();
  params.add(tenantId);
  const wanted = conditions(params, filter, reader);
  const { where, order } = page.stretch((value) => params.add(value));
  const rows = `select i.* from inquiry i where ${wanted} and ${where} order by ${order} limit ${params.add(page.limit)}`;
  return { sql: rowsOf(rows, order), params: params.values };
}
