export { appendEvent, withWords, writeEvents } from './events.js';
export type { EventRow, StoredEntry } from './events.js';
export { ERASED, liftWords, putBack, sealedWords, WORDS_OF_EVENTS, WORDS_OF_HISTORY, withoutWords } from './words.js';
