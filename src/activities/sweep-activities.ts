import { heartbeat } from '@temporalio/activity';
import { sweepTotals } from '../modules/retention/index.js';
import type { RetentionSweep, SweepCounts } from '../modules/retention/index.js';
import { inCodes } from './in-codes.js';

export type SweepActivities = {
  /** One pass over all tenants; counts of what it did. */
  sweepRetention(): Promise<SweepCounts>;
};

export function sweepActivities(sweep: RetentionSweep): SweepActivities {
  return {
    sweepRetention: () =>
      inCodes(async () =>
        sweepTotals(await sweep.run({ now: Date.now(), dryRun: false, onProgress: () => heartbeat() })),
      ),
  };
}
