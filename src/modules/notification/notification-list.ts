import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/** A notice to one member; instants are epoch ms. */
export type Notification = {
  readonly id: string;
  readonly kind: string;
  readonly inquiryId: string | null;
  readonly taskId: string | null;
  /** Codes and ids of what it is about. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly urgent: boolean;
  readonly createdAt: number;
  readonly readAt: number | null;
};

/** Where a page ends: whether its last notice was read, when it was made (epoch ms), and its id. */
export type NotificationPlace = readonly [read: boolean, createdAt: number, id: string];

export type NotificationSelection = {
  readonly memberId: string;
  readonly unreadOnly: boolean;
  readonly after: NotificationPlace | null;
  readonly limit: number;
};

const COLUMNS = `
  id, kind, inquiry_id as "inquiryId", task_id as "taskId", data, urgent, created_at as "createdAt", read_at as "readAt"`;

/** A member's own notices: unread ones first, each part newest first. */
export async function listNotifications(
  tx: Tx,
  { memberId, unreadOnly, after, limit }: NotificationSelection,
): Promise<Notification[]> {
  const [read = null, createdAt = null, id = null] = after ?? [];
  return tx.query<Notification>(
    `select ${COLUMNS} from notification
      where tenant_id = $1 and member_id = $2 and ($3::boolean is false or read_at is null)
        and in_app and (held_until is null or held_until <= statement_timestamp())
        and ($4::boolean is null or (read_at is not null and not $4)
             or ((read_at is not null) = $4 and (created_at, id) < ($5::timestamptz, $6::uuid)))
      order by read_at is not null, created_at desc, id desc limit $7`,
    [tx.tenantId, memberId, unreadOnly, read, instant(createdAt), id, limit],
  );
}

/** The place of a notice in the list. */
export function notificationPlace({ readAt, createdAt, id }: Notification): NotificationPlace {
  return [readAt !== null, createdAt, id];
}

/** Ticks off a member's own notice; one that was read already stays as it is. Null when the member has no such notice. */
export async function readNotification(
  tx: Tx,
  memberId: string,
  id: string,
  now: number,
): Promise<Notification | null> {
  const row = await tx.first<Notification>(
    `update notification set read_at = coalesce(read_at, $4) where tenant_id = $1 and member_id = $2 and id = $3 and in_app
     returning ${COLUMNS}`,
    [tx.tenantId, memberId, id, instant(now)],
  );
  return row ?? null;
}
