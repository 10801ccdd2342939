import { WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { workflowIdOf } from '../inquiry/index.js';

/** One run of an inquiry's workflow as Temporal has it. */
export type EngineRun = {
  readonly runId: string;
  /** True when nothing will be added to it. */
  readonly closed: boolean;
  /** Its history, proto3 JSON. */
  readonly history: string;
};

type Standing = { readonly runId: string; readonly startedAt: number; readonly closed: boolean };

/** Reads histories from Temporal, for as long as it keeps them. */
export class EngineHistories {
  constructor(private readonly temporal: Temporal) {}

  /** All runs of an inquiry, oldest first; none when Temporal knows of none (any more). */
  async runs(tenantId: string, inquiryId: string): Promise<EngineRun[]> {
    const workflowId = workflowIdOf(tenantId, inquiryId);
    const { workflow } = this.temporal.client;
    const standings = await this.#standings(workflowId);
    return Promise.all(
      standings.map(async ({ runId, closed }) => {
        const history = await workflow.getHandle(workflowId, runId).fetchHistory();
        return { runId, closed, history: historyToJSON(history) };
      }),
    );
  }

  /** The list lags behind by moments, so the newest run is asked for by itself. */
  async #standings(workflowId: string): Promise<Standing[]> {
    const { workflow } = this.temporal.client;
    const known = new Map<string, Standing>();
    try {
      for await (const run of workflow.list({ query: `WorkflowId = '${workflowId}'` }))
        known.set(run.runId, standingOf(run));
      const newest = await workflow.getHandle(workflowId).describe();
      known.set(newest.runId, standingOf(newest));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    return [...known.values()].sort((a, b) => a.startedAt - b.startedAt);
  }
}

function standingOf(run: { runId: string; startTime: Date; status: { name: string } }): Standing {
  return { runId: run.runId, startedAt: run.startTime.getTime(), closed: run.status.name !== 'RUNNING' };
}
