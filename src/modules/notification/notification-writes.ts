import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { publish } from '../stream/index.js';

export type NewNotification = {
  readonly members: readonly string[];
  readonly kind: string;
  readonly inquiryId: string | null;
  readonly taskId?: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly urgent: boolean;
  readonly at: number;
};

/** Tells members inside Atende; each gets a row of their own to read and tick off. */
export async function notifyMembers(tx: Tx, notice: NewNotification): Promise<void> {
  if (notice.members.length === 0) return;
  const ids = notice.members.map(() => newId());
  await tx.post(
    `insert into notification (tenant_id, id, member_id, kind, inquiry_id, task_id, data, urgent, created_at)
     select $1, n.id, n.member_id, $4, $5, $6, $7::jsonb, $8, $9
       from unnest($2::uuid[], $3::uuid[]) as n (id, member_id)`,
    [
      tx.tenantId,
      ids,
      notice.members,
      notice.kind,
      notice.inquiryId,
      notice.taskId ?? null,
      JSON.stringify(notice.data),
      notice.urgent,
      instant(notice.at),
    ],
  );
  await publish(
    tx,
    notice.members.map((memberId, index) => ({
      kind: 'notification.created' as const,
      data: { notificationId: ids[index] ?? null, inquiryId: notice.inquiryId },
      memberId,
    })),
  );
}
