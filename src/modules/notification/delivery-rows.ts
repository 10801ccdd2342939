import type { Means, OutsideMeans } from '../../domain/notice/means.js';
import type { Telling } from '../../domain/notice/telling.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { requestWork } from '../work/index.js';

/** Whom a plan names, who of those it falls through to was told, and by which means: what telling somebody else begins with. */
export type Falling = { readonly to: string; readonly reached: string; readonly by: readonly Means[] };

/** One notice to one member on its way out by one means. Instants are epoch ms. */
export type NoticeDelivery = Telling & {
  readonly id: string;
  readonly notificationId: string;
  readonly webhookId: string | null;
  readonly inquiryId: string | null;
  readonly conversationId: string | null;
};

/**
 * Queues what is to be told outside Atende: one delivery for each member of a notice by mail who has an address, and for each
 * webhook that listens. It leaves when the notice may: after quiet hours.
 */
export async function queueDeliveries(
  tx: Tx,
  noticeId: string,
  inquiryId: string | null,
  means: readonly OutsideMeans[],
): Promise<void> {
  if (means.length === 0) return;
  const rows = await tx.query<{ id: string; dueAt: number }>(
    `insert into notice_delivery (tenant_id, id, notification_id, means, webhook_id, state, urgent, queued_at, due_at)
     select n.tenant_id, uuidv7(), n.id, way.means, way.webhook_id, 'queued', n.urgent, n.begins_at, n.begins_at
       from (select *, coalesce(held_until, created_at) as begins_at from notification) n
       join member m on m.tenant_id = n.tenant_id and m.id = n.member_id
      cross join lateral (
              select 'email' as means, null::uuid as webhook_id where m.email is not null
              union all
              select 'webhook', w.id from webhook w
               where w.tenant_id = n.tenant_id and w.active and 'notification.created' = any(w.events)) way
      where n.tenant_id = $1 and n.notice_id = $2 and way.means = any($3)
     returning id, due_at as "dueAt"`,
    [tx.tenantId, noticeId, means],
  );
  await requestWork(
    tx,
    rows.map(({ id, dueAt }) => ({ kind: 'notify', ref: id, inquiryId, dueAt })),
  );
}

const SELECT = `
  select d.id, d.notification_id as "notificationId", d.means, d.webhook_id as "webhookId", d.state, d.urgent, d.attempts,
         d.queued_at as "queuedAt", d.due_at as "dueAt", d.started_at as "startedAt", d.lease_until as "leaseUntil",
         n.inquiry_id as "inquiryId", i.conversation_id as "conversationId"
    from notice_delivery d
    join notification n on n.tenant_id = d.tenant_id and n.id = d.notification_id
    left join inquiry i on i.tenant_id = n.tenant_id and i.id = n.inquiry_id
   where d.tenant_id = $1 and d.id = $2`;

/** A delivery as it stands, without a lock. */
export async function peekDelivery(tx: Tx, id: string): Promise<NoticeDelivery | undefined> {
  return tx.first<NoticeDelivery>(SELECT, [tx.tenantId, id]);
}

/** A delivery, locked against others who would make it; its conversation is locked before. */
export async function lockDelivery(tx: Tx, id: string): Promise<NoticeDelivery | undefined> {
  return tx.first<NoticeDelivery>(`${SELECT} for update of d`, [tx.tenantId, id]);
}

/** Writes where a delivery stands. */
export async function saveDelivery(
  tx: Tx,
  id: string,
  next: Telling,
  { reason = null, settledAt = null }: { readonly reason?: string | null; readonly settledAt?: number | null } = {},
): Promise<void> {
  await tx.post(
    `update notice_delivery set state = $3, attempts = $4, due_at = $5, started_at = $6, lease_until = $7,
            reason = coalesce($8, reason), settled_at = coalesce($9, settled_at)
      where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      id,
      next.state,
      next.attempts,
      instant(next.dueAt),
      instant(next.startedAt),
      instant(next.leaseUntil),
      reason,
      instant(settledAt),
    ],
  );
}

/**
 * Gives up mails that have not left, as far as this database knows, and shows them inside Atende instead. For a database that was
 * restored: what it holds as queued may have been sent after the backup was made. Webhooks go on, under the ids they had.
 *
 * @returns how many
 */
export async function doubtUnmailed(tx: Tx, now: number): Promise<number> {
  const given = await tx.query<{ id: string }>(
    `update notice_delivery set state = 'uncertain', reason = 'restored', lease_until = null, settled_at = $2
      where tenant_id = $1 and means = 'email' and state in ('queued', 'sending') returning notification_id as id`,
    [tx.tenantId, instant(now)],
  );
  await tx.post('update notification set in_app = true where tenant_id = $1 and id = any($2::uuid[])', [
    tx.tenantId,
    given.map(({ id }) => id),
  ]);
  return given.length;
}
