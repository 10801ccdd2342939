export { ContextReader } from './context-reader.js';
export type { ConversationContext } from './context-reader.js';
