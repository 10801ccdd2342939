export { cancelCall, doubtUnasked, isAsked, queueCall } from './call-rows.js';
export type { NewCall } from './call-rows.js';
export { CallModule } from './call.module.js';
export { Caller } from './caller.js';
export type { CallerOptions, CallSink } from './caller.js';
export { OutsideSystem } from './outside-system.js';
