export { insertOutbound, lockConversationRow, nextPosition, updateConversation } from './message-writes.js';
export type { ConversationChange, NewOutbound } from './message-writes.js';
