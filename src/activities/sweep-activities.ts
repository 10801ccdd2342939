import { heartbeat } from '@temporalio/activity';
import type { RetentionSweep } from '../modules/retention/index.js';

export type SweepActivities = {
  /** One pass over all tenants; counts of what it did. */
  sweepRetention(): Promise<{ archived: number; erased: number; held: number }>;
};

export function sweepActivities(sweep: RetentionSweep): SweepActivities {
  return {
    async sweepRetention() {
      return sweep.run({ onProgress: () => heartbeat() });
    },
  };
}
