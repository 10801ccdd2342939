import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Reach } from '../../domain/identity/permissions.js';

/** One event of the audit log as it is shown (api.md, `GET /v1/audit-events`). */
export type AuditEventView = {
  /** Its number in the tenant's order. */
  readonly seq: number;
  readonly at: string;
  readonly actor: {
    readonly kind: 'member' | 'system' | 'buyer' | 'channel';
    readonly id: string | null;
    readonly name: string | null;
    readonly role: string | null;
    readonly country: string | null;
    readonly ip: string | null;
  };
  readonly onBehalfOf: string | null;
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly inquiryId: string | null;
  readonly result: 'ok' | 'refused' | 'conflict';
  readonly code: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
  readonly hash: string | null;
};

export type AuditFilter = {
  /** Member. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  /** Buyer whom an event is about, by itself or by an inquiry of theirs. */
  readonly subject?: string | undefined;
  readonly inquiry?: string | undefined;
  readonly result?: 'ok' | 'refused' | 'conflict' | undefined;
  /** Epoch ms, inclusive. */
  readonly from?: number | undefined;
  /** Epoch ms, exclusive. */
  readonly to?: number | undefined;
};

export type AuditSelection = {
  readonly filter: AuditFilter;
  readonly reach: Reach;
  /** Queues of a reader whose reach is `own`: only what concerns inquiries in them is shown. */
  readonly queues: readonly string[];
  /** Number of the last event of the page before. */
  readonly before: number | null;
  readonly limit: number;
};

type Row = Omit<AuditEventView, 'at' | 'actor' | 'object' | 'onBehalfOf' | 'hash'> & {
  readonly at: number;
  readonly actorKind: AuditEventView['actor']['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly role: string | null;
  readonly country: string | null;
  readonly objectKind: string;
  readonly objectId: string | null;
};

const EVENTS = `
  select p.seq, a.at, a.actor_kind as "actorKind", a.actor_id as "actorId", m.name as "actorName", a.role, m.country,
         a.action, a.object_kind as "objectKind", a.object_id as "objectId", a.inquiry_id as "inquiryId", a.result,
         a.code, a.before, a.after, a.request_id as "requestId"
    from audit_position p
    join audit_event a on a.tenant_id = p.tenant_id and a.id = p.event_id
    left join member m on m.tenant_id = a.tenant_id and m.id = a.actor_id
   where p.tenant_id = $1`;

const OF_SUBJECT = (place: string): string => `
  ((a.object_kind = 'buyer' and a.object_id = ${place}::text) or a.inquiry_id in (
     select i.id from buyer b
       join conversation c on c.tenant_id = b.tenant_id and c.shop_id = b.shop_id and c.buyer_id = b.id
       join inquiry i on i.tenant_id = c.tenant_id and i.conversation_id = c.id
      where b.tenant_id = $1 and b.id = ${place}::uuid))`;

const IN_QUEUES = (place: string): string => `
  exists (select from inquiry i where i.tenant_id = $1 and i.id = a.inquiry_id
             and (i.queue_key is null or i.queue_key = any(${place}::text[])))`;

/** Events of the audit log that have their number, newest first. */
export async function readAudit(tx: Tx, selection: AuditSelection): Promise<AuditEventView[]> {
  const { filter, reach, queues, before, limit } = selection;
  const params: unknown[] = [tx.tenantId];
  const where: string[] = [];
  const add = (value: unknown, sql: (place: string) => string): void => {
    if (value === undefined || value === null) return;
    params.push(value);
    where.push(sql(`$${params.length}`));
  };
  add(before, (p) => `p.seq < ${p}::bigint`);
  add(filter.actor, (p) => `a.actor_id = ${p}::uuid`);
  add(filter.action, (p) => `a.action = ${p}`);
  add(filter.objectKind, (p) => `a.object_kind = ${p}`);
  add(filter.objectId, (p) => `a.object_id = ${p}`);
  add(filter.subject, OF_SUBJECT);
  add(filter.inquiry, (p) => `a.inquiry_id = ${p}::uuid`);
  add(filter.result, (p) => `a.result = ${p}`);
  add(instant(filter.from), (p) => `a.at >= ${p}::timestamptz`);
  add(instant(filter.to), (p) => `a.at < ${p}::timestamptz`);
  if (reach === 'own') add(queues, IN_QUEUES);
  params.push(limit);
  const conditions = where.map((condition) => `and ${condition}`).join(' ');
  const rows = await tx.query<Row>(`${EVENTS} ${conditions} order by p.seq desc limit $${params.length}`, params);
  return rows.map(viewOf);
}

function viewOf(row: Row): AuditEventView {
  return {
    seq: row.seq,
    at: new Date(row.at).toISOString(),
    actor: {
      kind: row.actorKind,
      id: row.actorId,
      name: row.actorName,
      role: row.role,
      country: row.country,
      ip: null,
    },
    onBehalfOf: null,
    action: row.action,
    object: { kind: row.objectKind, id: row.objectId },
    inquiryId: row.inquiryId,
    result: row.result,
    code: row.code,
    before: row.before,
    after: row.after,
    requestId: row.requestId,
    hash: null,
  };
}
