import type { Database } from '../../platform/database/index.js';
import type { WorkItem } from '../work/index.js';
import { publish } from '../stream/index.js';

/** Tells members, once their quiet hours are over, what was held back for them. */
export class HeldNotices {
  constructor(private readonly database: Database) {}

  /** Handles one `notice` item; never asks to look again. */
  async handle({ tenantId, ref }: WorkItem): Promise<null> {
    await this.database.tenant(tenantId, async (tx) => {
      const row = await tx.first<{ memberId: string; inquiryId: string | null; inApp: boolean }>(
        `update notification set held_until = null where tenant_id = $1 and id = $2 and held_until is not null
         returning member_id as "memberId", inquiry_id as "inquiryId", in_app as "inApp"`,
        [tenantId, ref],
      );
      // What is told outside alone leaves by itself at that time.
      if (!row?.inApp) return;
      const { memberId, inquiryId } = row;
      await publish(tx, [{ kind: 'notification.created', data: { notificationId: ref, inquiryId }, memberId }]);
    });
    return null;
  }
}
