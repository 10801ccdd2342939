import { outsideMeans } from '../../domain/notice/means.js';
import type { Means } from '../../domain/notice/means.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { publish } from '../stream/index.js';
import { requestWork } from '../work/index.js';
import { queueDeliveries } from './delivery-rows.js';
import type { Falling } from './delivery-rows.js';
import { disturbedAfter } from './quiet-hours.js';

export type NewNotification = {
  readonly members: readonly string[];
  readonly kind: string;
  readonly inquiryId: string | null;
  readonly taskId?: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly urgent: boolean;
  readonly at: number;
  /** By which means, unless inside Atende alone; and what it takes to tell somebody else if they all fail. */
  readonly ways?: { readonly by: readonly Means[]; readonly falling: Falling };
};

/** A member's own row of a notice. */
type Told = { readonly memberId: string; readonly id: string; readonly until: number | null };

/**
 * Tells members; each gets a row of their own, to read and tick off where it is shown inside Atende. Who has quiet hours hears
 * of it at their end, unless it is urgent.
 */
export async function notifyMembers(tx: Tx, notice: NewNotification): Promise<void> {
  if (notice.members.length === 0) return;
  const { inquiryId, ways } = notice;
  const by = ways?.by ?? ['in_app'];
  const inApp = by.includes('in_app');
  const noticeId = ways === undefined ? null : newId();
  const told = await insertRows(tx, notice, { inApp, noticeId });
  if (inApp) {
    const now = told.filter(({ until }) => until === null);
    await publish(
      tx,
      now.map(({ memberId, id }) => ({
        kind: 'notification.created' as const,
        data: { notificationId: id, inquiryId },
        memberId,
      })),
    );
  }
  await requestWork(
    tx,
    told.flatMap(({ id, until }) =>
      until === null ? [] : [{ kind: 'notice' as const, ref: id, inquiryId, dueAt: until }],
    ),
  );
  if (noticeId !== null) await queueDeliveries(tx, noticeId, inquiryId, outsideMeans(by));
}

async function insertRows(
  tx: Tx,
  notice: NewNotification,
  { inApp, noticeId }: { readonly inApp: boolean; readonly noticeId: string | null },
): Promise<Told[]> {
  const quiet = notice.urgent ? new Map<string, number>() : await disturbedAfter(tx, notice.members, notice.at);
  const told = notice.members.map((memberId) => ({ memberId, id: newId(), until: quiet.get(memberId) ?? null }));
  await tx.post(
    `insert into notification (tenant_id, id, member_id, kind, inquiry_id, task_id, data, urgent, created_at,
                               held_until, in_app, notice_id, notice)
     select $1, n.id, n.member_id, $4, $5, $6, $7::jsonb, $8, $9, n.held_until, $11, $12, $13::jsonb
       from unnest($2::uuid[], $3::uuid[], $10::timestamptz[]) as n (id, member_id, held_until)`,
    [
      tx.tenantId,
      told.map(({ id }) => id),
      notice.members,
      notice.kind,
      notice.inquiryId,
      notice.taskId ?? null,
      JSON.stringify(notice.data),
      notice.urgent,
      instant(notice.at),
      told.map(({ until }) => instant(until)),
      inApp,
      noticeId,
      notice.ways === undefined ? null : JSON.stringify(notice.ways.falling),
    ],
  );
  return told;
}
