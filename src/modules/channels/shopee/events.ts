import type { z } from 'zod';
import { attachmentShape } from '../events.js';
import type { ChannelEvent } from '../events.js';
import { reasonOf } from '../wording.js';
import { BUYERS } from './pushes.js';
import { idShape } from './shapes.js';
import type { ShopeeMessage } from './shapes.js';

/** What the platform has taken away, or never shown. */
const HIDDEN = /^(blocked|censored)/;

/** Answers that nobody wrote: the platform's own, and those of its assistant. */
const AUTOMATED = /^(auto_reply|autoreply|auto|chatbot|faq)/;

export type Conversation = {
  readonly id: string;
  /** The platform's id of the shop. */
  readonly account: string;
  /** The buyer's name, where the platform says it. */
  readonly buyerName: string | null;
  readonly respondWithinMs: number;
  readonly windowMs: number;
};

/** What a conversation's messages say, in the platform's order. */
export function conversationEvents(messages: readonly ShopeeMessage[], conversation: Conversation): ChannelEvent[] {
  return [...messages]
    .sort(
      (left, right) => left.created_timestamp - right.created_timestamp || inOrder(left.message_id, right.message_id),
    )
    .filter((message) => (message.business_type ?? BUYERS) === BUYERS && !isNotification(message))
    .flatMap((message) =>
      message.from_shop_id === conversation.account ? own(message, conversation) : received(message, conversation),
    );
}

/** Ids grow; as texts a longer one is the greater. */
function inOrder(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

/** A message of the shop, whoever wrote it: ours are recognised by their ids. */
function own(message: ShopeeMessage, { id: conversationId, buyerName }: Conversation): ChannelEvent[] {
  const { message_id: messageId, status } = message;
  if (isHidden(message))
    return [
      { type: 'message.status', data: { externalId: messageId, status: 'rejected', reason: reasonOf(status ?? '') } },
    ];
  const buyer = { id: message.to_id, ...(buyerName === null ? {} : { name: buyerName }) };
  const author = isAutomated(message) ? ('automated' as const) : ('human' as const);
  const sentAt = sentAtOf(message);
  const attachment = attachmentOf(message);
  const text = textOf(message) || (attachment === null ? (cardOf(message)?.id ?? '') : '');
  const data = { messageId, conversationId, sentAt, text, author, buyer };
  return [{ type: 'reply.external', data: { ...data, ...(attachment === null ? {} : { attachments: [attachment] }) } }];
}

/** A buyer's message; what the platform hides from the seller is not there. */
function received(message: ShopeeMessage, conversation: Conversation): ChannelEvent[] {
  if (isHidden(message)) return [];
  const { id: conversationId, buyerName, respondWithinMs, windowMs } = conversation;
  const sentAt = message.created_timestamp * 1_000;
  const attachment = attachmentOf(message);
  const about = aboutOf(message);
  return [
    {
      type: 'message.received',
      data: {
        messageId: message.message_id,
        conversationId,
        sentAt: sentAtOf(message),
        buyer: { id: message.from_id, ...(buyerName === null ? {} : { name: buyerName }) },
        text: textOf(message),
        platform: {
          respondBy: new Date(sentAt + respondWithinMs).toISOString(),
          windowUntil: new Date(sentAt + windowMs).toISOString(),
        },
        ...(attachment === null ? {} : { attachments: [attachment] }),
        ...(about === null ? {} : { about }),
      },
    },
  ];
}

/** What the platform itself tells both sides. */
function isNotification({ message_type: type }: ShopeeMessage): boolean {
  return type === 'notification';
}

/** Whether nobody wrote it. */
export function isAutomated(message: ShopeeMessage): boolean {
  const { status, source, message_type: type } = message;
  return isNotification(message) || [status, source, type].some((word) => AUTOMATED.test(word ?? ''));
}

export function isHidden({ status }: ShopeeMessage): boolean {
  return HIDDEN.test(status ?? '');
}

export function textOf({ content }: ShopeeMessage): string {
  return textIn(content?.['text']) ?? '';
}

export function sentAtOf({ created_timestamp: seconds }: ShopeeMessage): string {
  return new Date(seconds * 1_000).toISOString();
}

const FILES: Readonly<Record<string, { readonly field: string; readonly mediaType: string }>> = {
  // The platform takes jpeg, png and gif and does not say which one it is.
  image: { field: 'url', mediaType: 'image/*' },
  video: { field: 'video_url', mediaType: 'video/*' },
};

function attachmentOf({ message_type: type, content }: ShopeeMessage): z.infer<typeof attachmentShape> | null {
  const file = Object.hasOwn(FILES, type) ? FILES[type] : undefined;
  if (file === undefined) return null;
  return attachmentShape.safeParse({ url: content?.[file.field], mediaType: file.mediaType }).data ?? null;
}

type About = { readonly kind: string; readonly id: string };

/** What a message is about: the card it is, or the page it was written from. */
function aboutOf(message: ShopeeMessage): About | null {
  const card = cardOf(message);
  if (card !== null) return card;
  const { order_sn: order, item_id: item } = message.source_content ?? {};
  if (order) return { kind: 'order', id: order };
  return item && item !== '0' ? { kind: 'product', id: item } : null;
}

/** The card a message is; of kinds nobody here knows, its own id, so that somebody looks at it on the platform. */
export function cardOf({ message_type: type, message_id: messageId, content }: ShopeeMessage): About | null {
  const field = (name: string): string | null => idShape.safeParse(content?.[name]).data ?? null;
  switch (type) {
    case 'text':
    case 'image':
    case 'video':
      return null;
    case 'item':
      return card('product', field('item_id'));
    case 'order':
      return card('order', field('order_sn'));
    case 'sticker':
      return card(
        'sticker',
        [field('sticker_package_id'), field('sticker_id')].filter((id) => id !== null).join('/') || null,
      );
    default:
      return { kind: reasonOf(type), id: messageId };
  }
}

function card(kind: string, id: string | null): About | null {
  return id === null ? null : { kind, id };
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
