export { PlatformModule } from './platform.module.js';
export { provide } from './provide.js';
export { CONFIG, FILES, LOG, LOOPS, TEMPORAL, WORKFLOW_BUNDLE } from './runtime.js';
export type { Runtime } from './runtime.js';
