export { channelMessageHash } from './channel-message.js';
export { attachmentIdOf, readAttachment, registerAttachments } from './attachments.js';
export type { AttachmentAddress } from './attachments.js';
export {
  insertOutbound,
  lockConversationRow,
  nextPosition,
  nextPositionOf,
  showKept,
  updateConversation,
} from './message-writes.js';
export type { ConversationChange, NewOutbound } from './message-writes.js';
export { readMessages } from './message-view.js';
export type { AttachmentView, MessageSelection, MessageView, PlacedMessage } from './message-view.js';
export { queuesOfConversation, readContext, readConversation } from './conversation-view.js';
export type { ConversationContext, ConversationView } from './conversation-view.js';
