import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { publish } from '../stream/index.js';
import { requestWork } from '../work/index.js';
import { disturbedAfter } from './quiet-hours.js';

export type NewNotification = {
  readonly members: readonly string[];
  readonly kind: string;
  readonly inquiryId: string | null;
  readonly taskId?: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly urgent: boolean;
  readonly at: number;
};

/**
 * Tells members inside Atende; each gets a row of their own to read and tick off. Who has quiet hours hears of it at their
 * end, unless it is urgent.
 */
export async function notifyMembers(tx: Tx, notice: NewNotification): Promise<void> {
  if (notice.members.length === 0) return;
  const ids = notice.members.map(() => newId());
  const quiet = notice.urgent ? new Map<string, number>() : await disturbedAfter(tx, notice.members, notice.at);
  const heldUntil = notice.members.map((memberId) => quiet.get(memberId) ?? null);
  await tx.post(
    `insert into notification (tenant_id, id, member_id, kind, inquiry_id, task_id, data, urgent, created_at,
                               held_until)
     select $1, n.id, n.member_id, $4, $5, $6, $7::jsonb, $8, $9, n.held_until
       from unnest($2::uuid[], $3::uuid[], $10::timestamptz[]) as n (id, member_id, held_until)`,
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
      heldUntil.map((until) => instant(until)),
    ],
  );
  const told = notice.members.map((memberId, index) => ({
    memberId,
    id: ids[index] ?? '',
    until: heldUntil[index] ?? null,
  }));
  const { inquiryId } = notice;
  await publish(
    tx,
    told.flatMap(({ memberId, id, until }) =>
      until === null
        ? [{ kind: 'notification.created' as const, data: { notificationId: id, inquiryId }, memberId }]
        : [],
    ),
  );
  await requestWork(
    tx,
    told.flatMap(({ id, until }) =>
      until === null ? [] : [{ kind: 'notice' as const, ref: id, inquiryId, dueAt: until }],
    ),
  );
}
