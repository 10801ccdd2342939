export { publish } from './stream.js';
export type { StreamEvent, StreamKind } from './stream.js';
