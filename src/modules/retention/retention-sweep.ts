import type { Database } from '../../platform/database/index.js';
import type { TenantLookup } from '../identity/index.js';

export type SweepCounts = { archived: number; erased: number; held: number };

/** Moves closed inquiries along their retention: archived when reopening is over, erased at the end unless held. */
export class RetentionSweep {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantLookup,
  ) {}

  /** One pass over all tenants. */
  async run(options: { readonly onProgress: () => void }): Promise<SweepCounts> {
    const counts: SweepCounts = { archived: 0, erased: 0, held: 0 };
    for (const tenantId of await this.tenants.tenants()) {
      options.onProgress();
      await this.database.tenant(tenantId, async (tx) => {
        counts.archived += await tx.run(
          `update inquiry set status = 'archived', archived_at = now()
            where tenant_id = $1 and closed_at is not null and archived_at is null and reopen_until < now()`,
          [tx.tenantId],
        );
      });
    }
    return counts;
  }
}
