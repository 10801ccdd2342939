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

/** How long a question for the runs of a workflow waits for others, to be asked with them, in ms. */
const GATHER_MS = 30;

type Question = {
  readonly workflowId: string;
  readonly answer: (runs: Listed) => void;
  readonly fail: (error: unknown) => void;
};

/** Whether each run has ended, by run id. */
type Listed = Map<string, boolean>;

/** Reads histories from Temporal, for as long as it keeps them. */
export class EngineHistories {
  #questions: Question[] = [];

  constructor(private readonly temporal: Temporal) {}

  /** All runs of an inquiry, oldest first; none when Temporal knows of none (any more). */
  async runs(tenantId: string, inquiryId: string): Promise<EngineRun[]> {
    const workflowId = workflowIdOf(tenantId, inquiryId);
    const listed = await this.#list(workflowId);
    return (
      (await this.#onlyRun(workflowId, listed)) ?? this.#chain(workflowId, await this.#withNewest(workflowId, listed))
    );
  }

  /** What nearly every closed inquiry has: one run that has ended and is the newest there is. Null when it is not so. */
  async #onlyRun(workflowId: string, listed: Listed): Promise<EngineRun[] | null> {
    const [[runId, closed] = ['', false], ...others] = listed;
    if (!closed || others.length > 0) return null;
    const newest = await this.#fetch(workflowId, null);
    return newest?.runId === runId && newest.continues === null ? [{ runId, history: newest.history, closed }] : null;
  }

  async #chain(workflowId: string, closed: Listed): Promise<EngineRun[]> {
    const runs = await followChain([...closed.keys()], (runId) => this.#fetch(workflowId, runId));
    return runs.map(({ runId, history }) => ({ runId, history, closed: closed.get(runId) ?? true }));
  }

  /** The list may lag behind the newest run, which is asked for by itself. */
  async #withNewest(workflowId: string, listed: Listed): Promise<Listed> {
    try {
      const newest = await this.temporal.client.workflow.getHandle(workflowId).describe();
      return new Map([...listed, [newest.runId, newest.status.name !== 'RUNNING']]);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return listed;
      throw error;
    }
  }

  /**
   * Runs that Temporal lists. Listing costs the server much and is asked for whenever an inquiry closes: those that ask within a moment
   * ask together.
   */
  #list(workflowId: string): Promise<Listed> {
    if (this.#questions.length === 0) setTimeout(() => void this.#ask(), GATHER_MS);
    return new Promise((answer, fail) => this.#questions.push({ workflowId, answer, fail }));
  }

  async #ask(): Promise<void> {
    const questions = this.#questions;
    this.#questions = [];
    const found = new Map<string, Listed>(questions.map(({ workflowId }) => [workflowId, new Map()]));
    try {
      const ids = [...found.keys()].map((workflowId) => `'${workflowId}'`);
      for await (const run of this.temporal.client.workflow.list({ query: `WorkflowId IN (${ids.join(', ')})` })) {
        found.get(run.workflowId)?.set(run.runId, run.status.name !== 'RUNNING');
      }
      for (const { workflowId, answer } of questions) answer(found.get(workflowId) ?? new Map<string, boolean>());
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }

  /** One run, or the newest; null when Temporal does not have it any more. */
  async #fetch(workflowId: string, wanted: string | null): Promise<Fetched | null> {
    try {
      const history = await this.temporal.client.workflow.getHandle(workflowId, wanted ?? undefined).fetchHistory();
      const [first] = history.events ?? [];
      const started = first?.workflowExecutionStartedEventAttributes;
      return {
        // After a reset this is the run that was reset.
        runId: wanted ?? started?.originalExecutionRunId ?? '',
        history: historyToJSON(history),
        startedAt: Number(first?.eventTime?.seconds ?? 0) * 1_000 + (first?.eventTime?.nanos ?? 0) / 1e6,
        continues: started?.continuedExecutionRunId || null,
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND))
        return null;
      throw error;
    }
  }
}
