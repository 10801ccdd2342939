export { inquiry } from './inquiry.js';
export { retentionSweep } from './retention-sweep.js';

/**
 * The SDK takes a stack for every promise of a workflow, for its query for stacks, and looks up each frame in the source map: a
 * quarter of the thread's time with ten frames. Three say where an error comes from.
 */
Error.stackTraceLimit = 3;
