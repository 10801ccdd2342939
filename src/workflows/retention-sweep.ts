import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep-activities.js';

const { sweepRetention } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '5s', maximumInterval: '5m' },
});

/** The scheduled sweep: closed inquiries become archived, and are erased at the end of their retention. */
export async function retentionSweep(): Promise<{
  readonly archived: number;
  readonly erased: number;
  readonly held: number;
}> {
  return sweepRetention();
}
