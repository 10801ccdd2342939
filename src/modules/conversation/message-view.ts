import { REASONS } from '../../domain/attachment/states.js';
import type { AttachmentReason, AttachmentState } from '../../domain/attachment/states.js';
import { refusalTold } from '../../domain/channel/refusals.js';
import type { Told, Trouble } from '../../domain/channel/troubles.js';
import type { Reach } from '../../domain/identity/permissions.js';
import { shownState } from '../../domain/messaging/delivery-state.js';
import type { DeliveryState } from '../../domain/messaging/delivery-state.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { attachmentIdOf, attachmentsOf } from './attachments.js';
import type { AttachmentRow, StatedAttachment } from './attachments.js';

/** What a buyer or an agent attached. Address and name are content: null where texts are not shown. */
export type AttachmentView = {
  readonly id: string;
  /** Where it came from; the file itself is fetched by its id. null where the channel keeps it. */
  readonly url: string | null;
  /** What it is once it is stored, and until then what the channel says it is. */
  readonly mediaType: string;
  readonly name: string | null;
  readonly size: number | null;
  readonly state: AttachmentState;
  /** Why it is refused or gone. */
  readonly reason: { readonly code: AttachmentReason; readonly text: Told } | null;
};

/** Something of the channel that a message points to; its title is content. */
export type CardView = { readonly kind: string; readonly id: string; readonly title: string | null };

/** One message as everybody who may read the inquiry sees it; instants are RFC 3339 UTC (api.md, `GET …/messages`). */
export type MessageView = {
  readonly id: string;
  readonly direction: 'in' | 'out' | 'note';
  readonly author: { readonly kind: 'buyer' | 'human' | 'automated' | 'external'; readonly memberId: string | null };
  /** null where the reader sees no texts, and once it is erased. */
  readonly text: string | null;
  readonly language: string | null;
  readonly masked: readonly { readonly token: string; readonly kind: string }[];
  readonly translations: readonly { readonly language: string; readonly text: string }[];
  readonly attachments: readonly AttachmentView[];
  /** What the message is about, or shows: an order, a product, a coupon. */
  readonly cards: readonly CardView[];
  readonly inReplyTo: string | null;
  readonly sentAt: string;
  readonly receivedAt: string;
  /** When the buyer could see it; null for what came in. */
  readonly availableAt: string | null;
  readonly delivery: {
    readonly state: ReturnType<typeof shownState> | 'awaiting_approval';
    readonly at: string | null;
    readonly reason: string | null;
    /** What the reason means and what to do about it, where there are words for it. */
    readonly told: Trouble | null;
  } | null;
  /** Only on messages that have been erased. */
  readonly erased?: { readonly at: string; readonly requestId: string | null };
};

/** A message with its place in the conversation, by which lists go on. */
export type PlacedMessage = { readonly position: number; readonly view: MessageView };

/** Which messages to read: of one inquiry or a whole conversation, from a place onwards (`oldest`) or back (`newest`). */
export type MessageSelection = {
  readonly of: { readonly inquiryId: string } | { readonly conversationId: string };
  readonly order: 'oldest' | 'newest';
  /** Place of the last message of the page before; null = from the beginning of the order. */
  readonly after: number | null;
  readonly limit: number;
};

type MessageRow = {
  readonly id: string;
  readonly inquiryId: string;
  readonly position: number;
  readonly direction: MessageView['direction'];
  readonly author: MessageView['author']['kind'];
  readonly memberId: string | null;
  readonly text: Buffer | null;
  readonly language: string | null;
  readonly attachments: Buffer | null;
  readonly about: Buffer | null;
  readonly inReplyTo: string | null;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly availableAt: number | null;
  /** A message that awaits approval is not in the outbox yet. */
  readonly deliveryState: DeliveryState | 'awaiting_approval' | null;
  readonly deliveryAt: number | null;
  readonly deliveryReason: Buffer | null;
  readonly erasedAt: number | null;
};

const COLUMNS = `
  id, inquiry_id as "inquiryId", position, direction, author, member_id as "memberId", text, language, attachments, about, in_reply_to as "inReplyTo",
  sent_at as "sentAt", received_at as "receivedAt", available_at as "availableAt", delivery_state as "deliveryState",
  delivery_at as "deliveryAt", delivery_reason as "deliveryReason", erased_at as "erasedAt"`;

/**
 * Reads messages as a reader with this reach sees them: `no_text` leaves out everything people wrote.
 *
 * @returns up to `limit` messages in the order asked for
 */
export async function readMessages(
  tx: Tx,
  vault: Vault,
  selection: MessageSelection,
  reach: Reach,
): Promise<PlacedMessage[]> {
  const [column, id] =
    'inquiryId' in selection.of
      ? ['inquiry_id', selection.of.inquiryId]
      : ['conversation_id', selection.of.conversationId];
  const [comparison, direction] = selection.order === 'oldest' ? ['>', 'asc'] : ['<', 'desc'];
  const rows = await tx.query<MessageRow>(
    `select ${COLUMNS} from message
      where tenant_id = $1 and ${column} = $2 and ($3::bigint is null or position ${comparison} $3)
      order by position ${direction} limit $4`,
    [tx.tenantId, id, selection.after, selection.limit],
  );
  const keys = await vault.unlock(tx, { cases: [...new Set(rows.map(({ inquiryId }) => inquiryId))] });
  const carriers = rows.filter(({ attachments }) => attachments !== null).map(({ id: carrier }) => carrier);
  const files = await attachmentsOf(tx, carriers);
  return rows.map((row) => ({ position: row.position, view: messageView(keys, row, files, reach) }));
}

function messageView(
  keys: Keys,
  row: MessageRow,
  files: ReadonlyMap<string, AttachmentRow>,
  reach: Reach,
): MessageView {
  const shown = reach !== 'no_text' && row.erasedAt === null;
  const place = (column: string) => ({ owner: { case: row.inquiryId }, table: 'message', column, row: row.id });
  const attachments = keys.shownJson<StatedAttachment[]>(place('attachments'), row.attachments) ?? [];
  const about = keys.shownJson<{ kind: string; id: string; title?: string }>(place('about'), row.about);
  return {
    id: row.id,
    direction: row.direction,
    author: { kind: row.author, memberId: row.memberId },
    text: shown ? keys.shown(place('text'), row.text) : null,
    language: row.language,
    masked: [],
    translations: [],
    attachments: attachments.flatMap((stated, index) => {
      const id = attachmentIdOf(row.id, index);
      return stated.card === undefined ? attachmentView(id, stated, files.get(id), shown) : [];
    }),
    cards: [
      ...(about === null ? [] : [{ kind: about.kind, id: about.id, title: shown ? (about.title ?? null) : null }]),
      ...attachments.flatMap(({ card }) => (card === undefined ? [] : [{ ...card, title: null }])),
    ],
    inReplyTo: row.inReplyTo,
    sentAt: rfc3339(row.sentAt),
    receivedAt: rfc3339(row.receivedAt),
    availableAt: row.availableAt === null ? null : rfc3339(row.availableAt),
    delivery: deliveryView(row, shown ? keys.shown(place('delivery_reason'), row.deliveryReason) : null),
    ...(row.erasedAt === null ? {} : { erased: { at: rfc3339(row.erasedAt), requestId: null } }),
  };
}

function attachmentView(
  id: string,
  stated: StatedAttachment,
  file: AttachmentRow | undefined,
  shown: boolean,
): AttachmentView {
  const reason = file?.reason ?? null;
  return {
    id,
    url: shown ? (stated.url ?? null) : null,
    mediaType: file?.mediaType ?? stated.mediaType,
    name: shown ? (stated.name ?? null) : null,
    size: file?.size ?? stated.size ?? null,
    state: file?.state ?? 'gone',
    reason: reason === null ? null : { code: reason, text: REASONS[reason] },
  };
}

function deliveryView(row: MessageRow, reason: string | null): MessageView['delivery'] {
  if (row.deliveryState === null) return null;
  const at = row.deliveryAt === null ? null : rfc3339(row.deliveryAt);
  const state = row.deliveryState === 'awaiting_approval' ? row.deliveryState : shownState(row.deliveryState);
  return { state, at, reason, told: reason === null ? null : refusalTold(reason) };
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
