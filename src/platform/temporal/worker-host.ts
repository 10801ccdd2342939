import type { Worker, WorkerOptions } from '@temporalio/worker';
import type { Log } from '../log/index.js';
import type { Temporal } from './connection.js';
import { LeanWorker } from './workflow-threads.js';

export type WorkerHostOptions = {
  readonly temporal: Temporal;
  readonly taskQueue: string;
  /** Prebuilt bundle: a path, or the code itself. */
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly activities: object;
  /** What workflows may call outside their sandbox. */
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
  /** Local-activity slots; below the size of the database pool, or they would wait inside workflow tasks. */
  readonly localActivitySlots: number;
  /** Ms a running activity gets at shutdown. */
  readonly graceMs: number;
  /** Called when the worker stops although nobody asked. */
  readonly onFailure: (error: unknown) => void;
  readonly log: Log;
};

/** A worker that can be waited for and stopped in order. */
export class WorkerHost {
  readonly #worker: Worker;
  readonly #done: Promise<void>;
  #stopping = false;

  private constructor(worker: Worker, options: WorkerHostOptions) {
    this.#worker = worker;
    this.#done = worker.run().catch((error: unknown) => {
      if (this.#stopping) options.log.warn({ err: error }, 'worker stopped with an error');
      else options.onFailure(error);
    });
  }

  /** Creates and starts the worker. */
  static async start(options: WorkerHostOptions): Promise<WorkerHost> {
    const worker = await LeanWorker.create({
      connection: options.temporal.connection,
      namespace: options.temporal.namespace,
      dataConverter: options.temporal.dataConverter,
      taskQueue: options.taskQueue,
      workflowBundle: options.workflowBundle,
      activities: options.activities,
      sinks: options.sinks,
      maxConcurrentLocalActivityExecutions: options.localActivitySlots,
      maxConcurrentActivityTaskExecutions: options.localActivitySlots,
      maxConcurrentWorkflowTaskExecutions: 40,
      maxCachedWorkflows: 500,
      shutdownGraceTime: options.graceMs,
      shutdownForceTime: options.graceMs + 2_000,
    });
    return new WorkerHost(worker, options);
  }

  /** True while the worker takes work. */
  get isRunning(): boolean {
    return this.#worker.getState() === 'RUNNING';
  }

  /** Stops taking work, lets running activities end, and waits for it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#worker.getState() === 'RUNNING') this.#worker.shutdown();
    await this.#done;
  }
}
