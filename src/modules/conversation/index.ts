export { channelMessageHash } from './channel-message.js';
export {
  attachmentIdOf,
  fileNameOf,
  filePlace,
  forgetAttachments,
  isFileErased,
  keptFiles,
  noteTry,
  readAttachment,
  registerAttachments,
  settleAttachment,
} from './attachments.js';
export { expireUpload, readUploads, reserveUpload } from './uploads.js';
export type { Upload, UploadedFile } from './uploads.js';
export type { Attachment, AttachmentRow, StatedAttachment } from './attachments.js';
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
export { queuesOfConversation, readConversation } from './conversation-view.js';
export type { ConversationView } from './conversation-view.js';
export { readSubject } from './subject.js';
export type { ConversationSubject, NamedProduct } from './subject.js';
