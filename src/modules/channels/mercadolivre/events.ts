import type { AttachmentGiven, ChannelEvent } from '../events.js';
import { addressText, answerMessage, packMessage, questionMessage } from './addresses.js';
import type { Moderated, Pack, PackMessage, Question, StatedFile } from './shapes.js';

/** States in which a question is, or was, somebody's to answer; of others the platform shows no text. */
const ASKED: ReadonlySet<string> = new Set(['UNANSWERED', 'ANSWERED', 'CLOSED_UNANSWERED']);

/** What a question says, and its answer where it has one. */
export function questionEvents(question: Question): ChannelEvent[] {
  const { id, text, answer } = question;
  const conversationId = addressText({ kind: 'question', id });
  const events: ChannelEvent[] = [];
  if (ASKED.has(question.status) && text) {
    events.push({
      type: 'message.received',
      data: {
        messageId: questionMessage(id),
        conversationId,
        sentAt: question.date_created,
        buyer: { id: question.from.id },
        text,
        thread: { id, answers: 'one', public: true },
        about: { kind: 'product', id: question.item_id },
      },
    });
  }
  if (!answer) return events;
  const messageId = answerMessage(id);
  if (answer.status !== 'ACTIVE') return [...events, rejected(messageId, `answer_${answer.status.toLowerCase()}`)];
  const sentAt = answer.date_created;
  const data = { messageId, conversationId, sentAt, text: answer.text ?? '', author: 'human' as const };
  const thread = { id, answers: 'one' as const };
  return [...events, { type: 'reply.external', data: { ...data, buyer: { id: question.from.id }, thread } }];
}

/**
 * What was written after a sale, oldest first.
 *
 * @param buyerId who bought; the platform may show its own agent in the buyer's place
 */
export function packEvents(
  packId: string,
  messages: readonly PackMessage[],
  sellerId: string,
  buyerId: string,
): ChannelEvent[] {
  const sorted = [...messages].sort(
    (left, right) => sentAtOf(left).localeCompare(sentAtOf(right)) || left.id.localeCompare(right.id),
  );
  return sorted.flatMap((message): ChannelEvent[] => {
    const common = {
      messageId: packMessage(message.id),
      conversationId: addressText({ kind: 'pack', id: packId }),
      sentAt: sentAtOf(message),
      text: message.text ?? '',
      buyer: { id: buyerId },
    };
    const attachments = filesOf(message.message_attachments, (name) => name);
    const data = attachments.length === 0 ? common : { ...common, attachments };
    if (message.from.user_id === sellerId) {
      const why = moderationOf(message);
      if (why !== null) return [rejected(common.messageId, why)];
      return [{ type: 'reply.external', data: { ...data, author: 'human' } }];
    }
    // What the platform hides from the seller has no text, and comes again when it is shown.
    const isShown = message.status === 'available' && (common.text !== '' || attachments.length > 0);
    return isShown ? [{ type: 'message.received', data: { ...data, category: 'order' } }] : [];
  });
}

/** Files of a message; `refOf` = by which name of ours the platform's own leads to one. */
export function filesOf(
  files: readonly StatedFile[] | null | undefined,
  refOf: (name: string) => string,
): AttachmentGiven[] {
  return (files ?? []).map(({ filename, original_filename: name, type, size }) => ({
    ref: refOf(filename),
    mediaType: type ?? 'application/octet-stream',
    ...(name ? { name } : {}),
    ...(size === null || size === undefined ? {} : { size }),
  }));
}

/** Why nobody sees a message of the seller, or null. */
export function moderationOf({ status, message_moderation: moderation }: Moderated): string | null {
  const isHidden = status === 'moderated' || status === 'rejected' || moderation?.status === 'rejected';
  return isHidden ? (moderation?.reason ?? status).toLowerCase() : null;
}

/** Whether the platform has yet to decide about a message. */
export function isUndecided({ message_moderation: moderation }: Moderated): boolean {
  return moderation?.status === 'pending';
}

export function sentAtOf({ message_date: dates }: PackMessage): string {
  return dates.created ?? dates.received ?? dates.available ?? new Date(0).toISOString();
}

/** Whether the buyer is spoken to through the platform's agent. */
export function isAgentThread({ conversation_status: status }: Pack): boolean {
  return status?.path?.includes('/conversations/') ?? false;
}

/** That a message of the seller is shown to nobody. */
export function rejected(externalId: string, reason: string): ChannelEvent {
  return { type: 'message.status', data: { externalId, status: 'rejected', reason } };
}
