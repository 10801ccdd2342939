import { Client, Connection } from '@temporalio/client';
import { median } from './statistics.js';

/** What an inquiry costs in the engine. */
export type EngineCost = {
  readonly events: number;
  readonly mostEvents: number;
  readonly actions: number;
  readonly mostActions: number;
  readonly historyBytes: number;
};

const STARTED = 1;
const TASK_COMPLETED = 7;
const ACTIVITY_SCHEDULED = 10;
const TIMER_STARTED = 17;
const MARKER = 25;
const SIGNALED = 26;
const UPDATE_ACCEPTED = 41;
const BILLED: ReadonlySet<number> = new Set([STARTED, ACTIVITY_SCHEDULED, TIMER_STARTED, UPDATE_ACCEPTED]);

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
  return { events: types.length, actions: actionsOf(types), bytes: description.historySize ?? 0 };
}

/** Billable actions: a start with its signal is one, all local activities of one workflow task are one. */
function actionsOf(types: readonly number[]): number {
  let actions = 0;
  let markers = 0;
  for (const [index, type] of types.entries()) {
    if (type === TASK_COMPLETED) markers = 0;
    if (type === MARKER) {
      if (markers === 0) actions += 1;
      markers += 1;
    }
    if (BILLED.has(type)) actions += 1;
    if (type === SIGNALED && types[index - 1] !== STARTED) actions += 1;
  }
  return actions;
}
