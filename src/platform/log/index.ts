export { createLog } from './log.js';
export type { Log, LogOptions } from './log.js';
export { addToLogContext, currentLogContext, runWithLogContext } from './log-context.js';
export type { LogContext } from './log-context.js';
export { NestLog } from './nest-log.js';
export { describeError, redact } from './redact.js';
export { rotateFiles } from './rotating-file.js';
export { beginTrace, traceparent } from './trace-context.js';
export type { TraceContext } from './trace-context.js';
