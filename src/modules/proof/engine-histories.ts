import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { workflowIdOf } from '../inquiry/index.js';
import { followChain } from './run-chain.js';
import type { ChainedRun } from './run-chain.js';

/** One run of an inquiry's workflow as Temporal has it. */
export type EngineRun = {
  readonly runId: string;
  /** True when nothing will be added to it. */
  readonly closed: boolean;
  /** Its history, proto3 JSON. */
  readonly history: string;
};

type Fetched = ChainedRun & { readonly history: string };

/** gRPC status for something the server does not have. */
const NOT_FOUND = 5;

/** Reads histories from Temporal, for as long as it keeps them. */
export class EngineHistories {
  constructor(private readonly temporal: Temporal) {}

  /** All runs of an inquiry, oldest first; none when Temporal knows of none (any more). */
  async runs(tenantId: string, inquiryId: string): Promise<EngineRun[]> {
    const workflowId = workflowIdOf(tenantId, inquiryId);
    const closed = await this.#known(workflowId);
    const runs = await followChain([...closed.keys()], (runId) => this.#fetch(workflowId, runId));
    return runs.map(({ runId, history }) => ({ runId, history, closed: closed.get(runId) ?? true }));
  }

  /** Runs that Temporal lists, and the newest, which is asked for by itself: whether each has ended. */
  async #known(workflowId: string): Promise<Map<string, boolean>> {
    const { workflow } = this.temporal.client;
    const closed = new Map<string, boolean>();
    try {
      for await (const run of workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
        closed.set(run.runId, run.status.name !== 'RUNNING');
      }
      const newest = await workflow.getHandle(workflowId).describe();
      closed.set(newest.runId, newest.status.name !== 'RUNNING');
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    return closed;
  }

  /** One run; null when Temporal does not have it any more. */
  async #fetch(workflowId: string, runId: string): Promise<Fetched | null> {
    try {
      const history = await this.temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
      const [first] = history.events ?? [];
      const continues = first?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
      return {
        runId,
        history: historyToJSON(history),
        startedAt: Number(first?.eventTime?.seconds ?? 0) * 1_000 + (first?.eventTime?.nanos ?? 0) / 1e6,
        continues: continues === undefined || continues === null || continues === '' ? null : continues,
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND))
        return null;
      throw error;
    }
  }
}
