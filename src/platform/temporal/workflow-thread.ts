import { createRequire } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { workerData } from 'node:worker_threads';

/*
 * What runs on the thread of the workflows: the SDK's own script, without two things that cost more than the workflows themselves.
 * A time limit makes Node start a thread for each of the many calls into the sandbox, and a hook keeps a stack for each promise,
 * only for a query that shows where a workflow waits. Ours wait in one place; that the thread lives is watched from outside, for
 * all calls together (workflow-threads.ts). Decision record 19.
 */

const BEAT_MS = 1_000;

// Not bound: which script and which realm is what `this` and the first argument say.
// eslint-disable-next-line @typescript-eslint/unbound-method
const runInContext = vm.Script.prototype.runInContext;

vm.Script.prototype.runInContext = function (this: vm.Script, context, options): unknown {
  return runInContext.call(this, context, { ...options, timeout: undefined });
};

v8.promiseHooks.createHook = () => () => undefined;

const beats = new Int32Array(workerData as SharedArrayBuffer);
setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();

createRequire(import.meta.url)('@temporalio/worker/lib/workflow/workflow-worker-thread.js');
