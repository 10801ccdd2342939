import { Worker as Thread } from 'node:worker_threads';
import { Worker } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import type { CompiledWorkerOptions } from '@temporalio/worker/lib/worker-options.js';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface.js';
import { ThreadedVMWorkflowCreator, WorkerThreadClient } from '@temporalio/worker/lib/workflow/threaded-vm.js';
import type { WorkflowBundleWithSourceMapAndFilename } from '@temporalio/worker/lib/workflow/workflow-worker-thread/input.js';

/** A call into a workflow takes milliseconds; what takes this many looks is never coming back. */
const LOOKS_WITHOUT_BEAT = 6;
const LOOK_MS = 5_000;

/** The thread's script: compiled beside this file, or the source where this file is one. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? './workflow-thread.ts' : './workflow-thread.js',
  import.meta.url,
);

/** The SDK's worker with threads of ours for the workflows; see workflow-thread.ts for what they leave out. */
export class LeanWorker extends Worker {
  protected static override async createWorkflowCreator(
    workflowBundle: WorkflowBundleWithSourceMapAndFilename,
    options: CompiledWorkerOptions,
    logger: Logger,
  ): Promise<WorkflowCreator> {
    const clients = Array.from({ length: options.workflowThreadPoolSize }, () => {
      const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      const thread = new Thread(SCRIPT, { workerData: beats });
      endIfStill(thread, new Int32Array(beats), LOOK_MS);
      return new WorkerThreadClient(thread, logger);
    });
    const { isolateExecutionTimeoutMs, activities } = options;
    await Promise.all(
      clients.map((client) =>
        client.send({
          type: 'init',
          workflowBundle,
          isolateExecutionTimeoutMs,
          reuseV8Context: true,
          registeredActivityNames: new Set(activities.keys()),
          hasPatchActivationCallback: false,
        }),
      ),
    );
    return new ThreadedVMWorkflowCreator(clients);
  }
}

/**
 * Ends a thread whose `beats` do not go on while this one looks several times, `lookMs` apart: the worker then fails and says so, instead of
 * standing still. Looks are counted, not time, so that a process that was suspended ends nothing.
 */
export function endIfStill(thread: Thread, beats: Int32Array, lookMs: number): void {
  let [last, still] = [-1, 0];
  const timer = setInterval(() => {
    const now = Atomics.load(beats, 0);
    still = now === last ? still + 1 : 0;
    last = now;
    if (still >= LOOKS_WITHOUT_BEAT) void thread.terminate();
  }, lookMs);
  timer.unref();
  thread.once('exit', () => clearInterval(timer));
}
