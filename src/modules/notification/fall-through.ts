import type { Means } from '../../domain/notice/means.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { publish } from '../stream/index.js';

/** A notice that reached nobody it was for. */
export type Unreached = {
  readonly id: string;
  readonly inquiryId: string;
  readonly conversationId: string;
  readonly to: string;
  readonly reached: string;
  readonly by: readonly Means[];
  readonly members: readonly string[];
  readonly kind: string;
  readonly urgent: boolean;
  readonly data: Readonly<Record<string, string | number | null>>;
  readonly code: string;
};

/** Shows inside Atende what was to be told outside alone, and could not be. `now` is epoch ms. */
export async function showInstead(tx: Tx, notificationId: string, now: number): Promise<void> {
  const row = await tx.first<{ memberId: string; inquiryId: string | null }>(
    `update notification set in_app = true, held_until = null
      where tenant_id = $1 and id = $2 and not in_app and (held_until is null or held_until <= $3)
     returning member_id as "memberId", inquiry_id as "inquiryId"`,
    [tx.tenantId, notificationId, instant(now)],
  );
  if (row === undefined) return;
  const { memberId, inquiryId } = row;
  await publish(tx, [{ kind: 'notification.created', data: { notificationId, inquiryId }, memberId }]);
}

const UNREACHED = `
  select n.notice_id as id, n.inquiry_id as "inquiryId", i.conversation_id as "conversationId", n.kind, n.urgent, n.data,
         n.notice ->> 'to' as "to", n.notice ->> 'reached' as reached, n.notice -> 'by' as "by",
         array(select m.member_id::text from notification m
                where m.tenant_id = n.tenant_id and m.notice_id = n.notice_id order by m.id) as members, '' as code
    from notification n
    join inquiry i on i.tenant_id = n.tenant_id and i.id = n.inquiry_id
   where n.tenant_id = $1 and n.id = $2 and n.notice_id is not null
     and not exists (
           select from notice_delivery d join notification m on m.tenant_id = d.tenant_id and m.id = d.notification_id
            where m.tenant_id = n.tenant_id and m.notice_id = n.notice_id and d.state not in ('refused', 'uncertain'))`;

/** The notice a member's row belongs to, if every delivery of it has failed; null while one may arrive, or one has. */
export async function unreached(tx: Tx, notificationId: string): Promise<Unreached | null> {
  return (await tx.first<Unreached>(UNREACHED, [tx.tenantId, notificationId])) ?? null;
}
