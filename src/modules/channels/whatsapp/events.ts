import type { AttachmentGiven, ChannelEvent } from '../events.js';
import { addressesOf } from './addresses.js';
import { wordOf } from './codes.js';
import { contactShape } from './shapes.js';
import type { Contact, Content, Echo, Message, Status } from './shapes.js';

/** How long after each message of a buyer the platform takes a free text. */
const WINDOW_MS = 24 * 3_600_000;

/** What says nothing that anybody could answer. */
const SILENT: ReadonlySet<string> = new Set(['reaction', 'system', 'request_welcome']);

const MEDIA = ['image', 'audio', 'video', 'document', 'sticker'] as const;

/** What a buyer's message says; empty where it asks for no answer. */
export function messageEvents(message: Message, contacts: readonly unknown[]): ChannelEvent[] {
  if (SILENT.has(message.type)) return [];
  const contact = contactOf(message, contacts);
  const ids = addressesOf({
    phone: message.from ?? contact?.wa_id,
    user: message.from_user_id ?? contact?.user_id,
  });
  const [id = ''] = ids;
  const text = textOf(message);
  const attachments = attachmentsOf(message);
  const name = contact?.profile?.name;
  return [
    {
      type: 'message.received',
      data: {
        messageId: message.id,
        conversationId: id,
        sentAt: message.timestamp,
        buyer: { id, ids: [...ids], ...(name === undefined ? {} : { name }) },
        text: text ?? '',
        platform: { windowUntil: new Date(Date.parse(message.timestamp) + WINDOW_MS).toISOString() },
        ...(attachments.length === 0 ? {} : { attachments }),
        ...aboutOf(message, text !== null || attachments.length > 0),
      },
    },
  ];
}

/** What somebody answered from the app on the shop's own phone. */
export function echoEvents(echo: Echo): ChannelEvent[] {
  const [id = ''] = addressesOf({ phone: echo.to, user: echo.to_user_id });
  if (SILENT.has(echo.type)) return [];
  const text = textOf(echo) ?? '';
  const attachments = attachmentsOf(echo);
  const data = { messageId: echo.id, conversationId: id, sentAt: echo.timestamp, text, author: 'human' as const };
  const files = attachments.length === 0 ? {} : { attachments };
  return [{ type: 'reply.external', data: { ...data, ...files, buyer: { id } } }];
}

/**
 * What became of a message of ours. That it left the platform counts: whether the buyer's phone is switched on is not the seller's
 * doing. They come in any order; what follows from that is decided where verdicts are.
 */
export function statusEvents({
  id,
  status,
  timestamp,
  biz_opaque_callback_data: intentId,
  errors,
}: Status): ChannelEvent[] {
  const about = { externalId: id, at: timestamp, ...(intentId === undefined ? {} : { intentId }) };
  if (['sent', 'delivered', 'read', 'played'].includes(status))
    return [{ type: 'message.status', data: { ...about, status: 'available' } }];
  if (status !== 'failed') return [];
  const [error] = errors ?? [];
  const reason = error === undefined ? 'failed' : wordOf(error.code);
  return [{ type: 'message.status', data: { ...about, status: 'rejected', reason } }];
}

function contactOf({ from, from_user_id: user }: Message, contacts: readonly unknown[]): Contact | undefined {
  const known = contacts.flatMap((contact) => contactShape.safeParse(contact).data ?? []);
  const isTheirs = (contact: Contact): boolean =>
    (from !== undefined && contact.wa_id === from) || (user !== undefined && contact.user_id === user);
  return known.find(isTheirs);
}

/** What a message says in words, or null where it has none. Pictures stand for what would need a word in some language. */
function textOf(content: Content): string | null {
  const { text, location, contacts, button, interactive, order } = content;
  if (text !== undefined) return text.body;
  const caption = MEDIA.flatMap((kind) => content[kind]?.caption ?? [])[0];
  if (caption !== undefined) return caption;
  if (location !== undefined) {
    const point = `${location.latitude}, ${location.longitude}`;
    return `📍 ${[location.name, location.address, point].filter((part) => part).join(', ')}`;
  }
  if (contacts !== undefined) {
    const cards = contacts.map(({ name, phones }) =>
      [name.formatted_name, ...(phones ?? []).flatMap(({ phone }) => phone ?? [])].join(', '),
    );
    return cards.map((one) => `👤 ${one}`).join('\n');
  }
  if (order !== undefined) {
    const items = order.product_items.map(
      ({ quantity, product_retailer_id: product }) => `🛒 ${quantity} × ${product}`,
    );
    return [...items, ...(order.text ? [order.text] : [])].join('\n');
  }
  const chosen = interactive?.button_reply ?? interactive?.list_reply;
  if (chosen !== undefined) return [chosen.title, chosen.description].filter((part) => part).join('\n');
  return button?.text ?? null;
}

function attachmentsOf(content: Content): AttachmentGiven[] {
  return MEDIA.flatMap((kind) => {
    const file = content[kind];
    if (file === undefined) return [];
    return [
      { ref: file.id, mediaType: file.mime_type, ...(file.filename === undefined ? {} : { name: file.filename }) },
    ];
  });
}

/** What a message is about: an advertisement that led to it, or the kind of a message that cannot be shown here. */
function aboutOf(
  { referral, type, order }: Message,
  isShown: boolean,
): { readonly about?: { readonly kind: string; readonly id: string; readonly title?: string } } {
  if (!isShown) return { about: { kind: 'not_shown', id: type } };
  if (referral !== undefined) {
    const title = referral.headline ?? undefined;
    return { about: { kind: 'advertisement', id: referral.source_id, ...(title === undefined ? {} : { title }) } };
  }
  return order?.catalog_id === undefined ? {} : { about: { kind: 'catalogue', id: order.catalog_id } };
}
