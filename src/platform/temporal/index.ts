export { connectTemporal } from './connection.js';
export type { Temporal } from './connection.js';
export { installRuntime } from './runtime.js';
export { WorkerHost } from './worker-host.js';
