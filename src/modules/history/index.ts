export { appendEvent, writeEvents } from './events.js';
export type { EventRow, StoredEntry } from './events.js';
