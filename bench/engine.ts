import { Client, Connection } from '@temporalio/client';
import { billableActions } from '../test/support/billable-actions.js';
import { median } from './statistics.js';

/** What an inquiry costs in the engine. */
export type EngineCost = {
  readonly events: number;
  readonly mostEvents: number;
  readonly actions: number;
  readonly mostActions: number;
  readonly historyBytes: number;
};

/** Medians (and the most) over completed executions. */
export async function engineCost(address: string, workflowIds: readonly string[]): Promise<EngineCost> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const costs = await Promise.all(workflowIds.map((id) => costOf(client, id)));
    const of = (name: 'events' | 'actions' | 'bytes'): number[] => costs.map((cost) => cost[name]);
    return {
      events: median(of('events')),
      mostEvents: Math.max(...of('events')),
      actions: median(of('actions')),
      mostActions: Math.max(...of('actions')),
      historyBytes: median(of('bytes')),
    };
  } finally {
    await connection.close();
  }
}

/** Server version and name of the store, as the frontend tells. */
export async function serverVersion(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  try {
    const { serverVersion: version } = await connection.workflowService.getClusterInfo({});
    return version ?? 'unknown';
  } finally {
    await connection.close();
  }
}

async function costOf(
  client: Client,
  workflowId: string,
): Promise<{ readonly events: number; readonly actions: number; readonly bytes: number }> {
  const handle = client.workflow.getHandle(workflowId);
  const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const types = (history.events ?? []).map(({ eventType }) => Number(eventType));
  return { events: types.length, actions: billableActions(types), bytes: description.historySize ?? 0 };
}
