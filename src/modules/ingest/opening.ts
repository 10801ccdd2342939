import { isOpen, nextOpening } from '../../domain/calendar/working-time.js';
import { labels } from '../../domain/calendar/days.js';
import type { Category } from '../../domain/inquiry/category.js';
import type { LinkedOpening } from '../../domain/inquiry/events.js';
import { timeUsed } from '../../domain/obligation/promise.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { route } from '../definition/index.js';
import { putInbox } from '../inquiry/index.js';
import type { Shop } from '../shop/index.js';

/** What decides which definition a new inquiry runs on, and what it continues. */
export type Opening = {
  readonly shop: Shop;
  readonly conversationId: string;
  readonly buyer: {
    readonly id: string;
    readonly tags: readonly string[];
    readonly value: number;
    readonly blocked: boolean;
  };
  readonly returning: boolean;
  /** The opening message, or null when something else opens the inquiry. */
  readonly message: {
    readonly id: string;
    readonly text: string;
    readonly language: string | null;
    readonly attachments: readonly { readonly mediaType: string; readonly size?: number | undefined }[];
    readonly sentAt: number;
  } | null;
  readonly threadHash: Buffer | null;
  /** Its thread takes one answer. */
  readonly oneAnswer: boolean;
  readonly category: Category;
  readonly linked: LinkedOpening | null;
  readonly backfill: boolean;
  /** Opened to see whether the shop is served. */
  readonly test: boolean;
  readonly acceptNo: number;
  readonly at: number;
};

/** What opening an inquiry takes besides its transaction. */
export type OpeningTools = { readonly vault: Vault; readonly calendars: CalendarStore };

/** Creates an inquiry with a key of its own, routed anew, with its first event; under the conversation's lock. Returns its id. */
export async function openInquiry(tx: Tx, { vault, calendars }: OpeningTools, opening: Opening): Promise<string> {
  const { shop, at } = opening;
  const definition = await route(tx, shop.channel, routingContext(tx, calendars, opening));
  const id = newId();
  await vault.newCase(tx, id, opening.buyer.id);
  await tx.post(
    `insert into inquiry (tenant_id, id, conversation_id, shop_id, buyer_id, channel, thread_hash, one_answer,
                          definition_key, definition_version, opened_at, backfill, linked_inquiry_id, linked_cause,
                          test, category)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      tx.tenantId,
      id,
      opening.conversationId,
      shop.id,
      opening.buyer.id,
      shop.channel,
      opening.threadHash,
      opening.oneAnswer,
      definition.key,
      definition.version,
      instant(at),
      opening.backfill,
      opening.linked?.inquiryId ?? null,
      opening.linked?.cause ?? null,
      opening.test,
      opening.category,
    ],
  );
  await putInbox(tx, null, {
    inquiryId: id,
    key: 'open',
    acceptNo: opening.acceptNo,
    payload: {
      kind: 'inquiry.opened',
      messageId: opening.message?.id ?? null,
      backfill: opening.backfill,
      linked: opening.linked,
    },
    acceptedAt: at,
  });
  return id;
}

/**
 * The open inquiry of a conversation, or of a thread in it that stands apart; null when none is. One that is only there to
 * write a failed message again counts when it is alone.
 */
export async function openInquiryOf(tx: Tx, conversationId: string, threadHash: Buffer | null): Promise<string | null> {
  const row = await tx.first<{ id: string }>(
    `select id from inquiry where tenant_id = $1 and conversation_id = $2 and closed_at is null
        and thread_hash is not distinct from $3
      order by linked_cause is not distinct from 'delivery_failed', opened_at limit 1`,
    [tx.tenantId, conversationId, threadHash],
  );
  return row?.id ?? null;
}

async function routingContext(tx: Tx, calendars: CalendarStore, opening: Opening): Promise<Record<string, unknown>> {
  const { shop, message, buyer, at } = opening;
  const calendar = shop.settings.calendar === null ? null : await calendars.latest(tx, shop.settings.calendar);
  return {
    ...(message === null
      ? {}
      : {
          message: {
            text: message.text,
            language: message.language,
            attachments: message.attachments.map(({ mediaType, size }) => ({ mediaType, size })),
            sentAt: message.sentAt,
          },
        }),
    buyer: { returning: opening.returning, blocked: buyer.blocked, tags: buyer.tags, value: buyer.value },
    shop: { key: shop.key, channel: shop.channel, country: shop.country, language: shop.language },
    calendar: {
      open: calendar === null || isOpen(calendar, at),
      nextOpening: calendar === null ? at : nextOpening(calendar, at),
      labels: calendar === null ? [] : labels(calendar, at),
    },
    now: at,
  };
}

type Earlier = { readonly id: string; readonly state: InquiryState | null; readonly reopenUntil: number | null };

const EARLIER = `
  select id, state, reopen_until as "reopenUntil" from inquiry
   where tenant_id = $1 and conversation_id = $2 and closed_at is not null and thread_hash is not distinct from $3
   order by closed_at desc limit 1`;

/**
 * What the next inquiry of a conversation, or of a thread in it that stands apart, takes over when the buyer writes again in time; null
 * when it stands on its own.
 */
export async function reopened(
  tx: Tx,
  calendars: CalendarStore,
  conversationId: string,
  threadHash: Buffer | null,
  at: number,
): Promise<LinkedOpening | null> {
  const earlier = await tx.first<Earlier>(EARLIER, [tx.tenantId, conversationId, threadHash]);
  if (!earlier || earlier.state === null || earlier.reopenUntil === null || earlier.reopenUntil < at) return null;
  const { id, state } = earlier;
  return continuation(tx, calendars, { inquiryId: id, state, cause: 'reopened', at });
}

type Continued = Pick<LinkedOpening, 'inquiryId' | 'cause'> & {
  /** The closed one's. */
  readonly state: InquiryState;
  readonly at: number;
};

/** The facts a linked inquiry imports from the state of the closed one. */
export async function continuation(
  tx: Tx,
  calendars: CalendarStore,
  { inquiryId, state, cause, at }: Continued,
): Promise<LinkedOpening> {
  const first = state.obligations.find((obligation) => obligation.name === 'first_response');
  const resolution = state.obligations.findLast((obligation) => obligation.name === 'resolution');
  const calendar = resolution?.calendar ?? null;
  return {
    inquiryId,
    cause,
    humanAnswered: state.humanAnswered,
    firstResponseStartedAt: state.humanAnswered ? null : (first?.startedAt ?? null),
    resolutionElapsedMs:
      resolution === undefined
        ? 0
        : timeUsed(
            resolution,
            calendar === null ? null : await calendars.version(tx, calendar.key, calendar.version),
            state.closedAt ?? at,
          ),
    failedSend: null,
    queue: state.queue,
    lastAgentId: state.lastAgentId,
  };
}
