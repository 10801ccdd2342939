import type { Access, Answer, Changes, Hint, HintRead, Reading } from '../connector.js';
import type { ChannelEvent } from '../events.js';
import type { ShopeeApp } from './app.js';
import { conversationEvents } from './events.js';
import type { ShopeeHttp } from './http.js';
import { jsonText, numberOf } from './json.js';
import { BUYERS, conversationHint } from './pushes.js';
import { conversationShape, conversationsShape, lostShape, messagesShape } from './shapes.js';
import type { ShopeeMessage } from './shapes.js';

type Read<T> = Promise<Answer<T>>;

const CHAT = '/api/v2/sellerchat';
const PUSH = '/api/v2/push';

/** Messages and conversations that are read at once, and pages of them at most. */
const PAGE = 50;
const MAX_PAGES = 10;

const HOUR_MS = 3_600_000;

/**
 * A sweep looks at conversations in which something happened since, read or not: somebody may have answered elsewhere. One that comes late
 * looks back to the last one, and so much further, because that one took its time too.
 */
const RECENT_MS = 24 * HOUR_MS;
const OVERLAP_MS = HOUR_MS;

const NANO_PER_MS = 1_000_000;

/** Lists of a sweep, in this order; then the pushes that reached nobody. */
const LISTS = { unread: 'recent', recent: 'lost' } as const;

/** A page of a list: which, from where, and since when things are looked at (epoch ms). */
type Part = { readonly stage: keyof typeof LISTS; readonly place: string; readonly since: number };

type Conversed = { readonly events: readonly ChannelEvent[]; readonly isThere: boolean };

/** Reads conversations. */
export class ShopeeReading implements Reading {
  constructor(
    private readonly app: ShopeeApp,
    private readonly http: ShopeeHttp,
  ) {}

  async read(access: Access, { kind, resource }: Hint): Promise<HintRead> {
    const [, conversationId, messageId = null] = /^(\w{1,128})(?:\/([\w-]{1,128}))?$/.exec(resource) ?? [];
    if (kind !== 'conversation' || conversationId === undefined) return { kind: 'read', value: [] };
    const answer = await this.#conversation(access, conversationId, messageId);
    if (answer.kind !== 'read') return answer;
    const { events, isThere } = answer.value;
    if (isThere) return { kind: 'read', value: events };
    // The platform told of a message that it does not show yet, or never will: others of the conversation do not wait for it.
    return events.length === 0 ? { kind: 'absent' } : { kind: 'partial', value: events };
  }

  hintOf(conversationId: string): Hint {
    return conversationHint(conversationId, null);
  }

  async conversation(access: Access, conversationId: string): Read<readonly ChannelEvent[]> {
    const answer = await this.#conversation(access, conversationId, null);
    return answer.kind === 'read' ? { kind: 'read', value: answer.value.events } : answer;
  }

  /** What is unread, what has lately changed, and the pushes that reached nobody; one page at a time. */
  async changes(access: Access, cursor: string | null, sweptAt: number | null = null): Read<Changes> {
    const [stage, place] = placeOf(cursor);
    if (stage === 'lost') return this.#lost(access);
    if (stage === 'confirm') return this.#confirm(access, place);
    return this.#list(access, { stage, place, since: this.#since(sweptAt) });
  }

  /** From when on a sweep looks at everything (epoch ms): what is older than an answer may be nobody has to find. */
  #since(sweptAt: number | null): number {
    const now = Date.now();
    const wanted = Math.min(now - RECENT_MS, (sweptAt ?? now) - OVERLAP_MS);
    return Math.max(wanted, now - this.#windowMs);
  }

  get #windowMs(): number {
    return this.app.contactDays * 24 * HOUR_MS;
  }

  /**
   * Messages of a conversation back to an instant, and further back until a certain one is among them.
   *
   * @param since epoch ms; older messages may be among them
   */
  async messages(
    access: Access,
    conversationId: string,
    {
      since,
      until = null,
      urgent = false,
    }: { readonly since: number; readonly until?: string | null; readonly urgent?: boolean },
  ): Read<readonly ShopeeMessage[]> {
    const found = new Map<string, ShopeeMessage>();
    let offset = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const query = { conversation_id: conversationId, page_size: String(PAGE), ...(offset === '' ? {} : { offset }) };
      const ask = { group: 'chat_read', urgent, path: `${CHAT}/get_message`, query } as const;
      const page = await this.http.read(access, ask, messagesShape);
      if (page.kind !== 'read') return page;
      const messages = page.value.messages ?? [];
      for (const message of messages) found.set(message.message_id, message);
      const next = String(page.value.page_result?.next_offset ?? '');
      const isFar = messages.some((message) => message.created_timestamp * 1_000 < since);
      const isThere = until === null || found.has(until);
      if (messages.length === 0 || next === '' || next === '0' || next === offset || (isFar && isThere)) break;
      offset = next;
    }
    return { kind: 'read', value: [...found.values()] };
  }

  /** What a conversation says, and whether a certain message is in it. */
  async #conversation(access: Access, id: string, messageId: string | null): Read<Conversed> {
    const windowMs = this.#windowMs;
    const answer = await this.messages(access, id, { since: Date.now() - windowMs, until: messageId });
    if (answer.kind !== 'read') return answer;
    const account = access.account ?? '';
    const respondWithinMs = this.app.respondHours * HOUR_MS;
    const buyerName = await this.#buyerName(access, id);
    const events = conversationEvents(answer.value, { id, account, buyerName, respondWithinMs, windowMs });
    const isThere = messageId === null || answer.value.some(({ message_id: shown }) => shown === messageId);
    return { kind: 'read', value: { events, isThere } };
  }

  /** The buyer's name is good to have; without it nothing waits. */
  async #buyerName(access: Access, id: string): Promise<string | null> {
    const ask = { group: 'chat_read', path: `${CHAT}/get_one_conversation`, query: { conversation_id: id } } as const;
    const answer = await this.http.read(access, ask, conversationShape);
    return answer.kind === 'read' ? answer.value.to_name || null : null;
  }

  async #list(access: Access, { stage, place, since }: Part): Read<Changes> {
    const query = {
      ...{ direction: 'latest', type: stage === 'unread' ? 'unread' : 'all', page_size: String(PAGE) },
      ...(place === '' ? {} : { next_timestamp_nano: place }),
    };
    const ask = { group: 'chat_read', path: `${CHAT}/get_conversation_list`, query } as const;
    const answer = await this.http.read(access, ask, conversationsShape);
    if (answer.kind !== 'read') return answer;
    const { conversations, page_result: page } = answer.value;
    const fresh = (conversations ?? []).filter(
      (one) => stage === 'unread' || one.last_message_timestamp >= since * NANO_PER_MS,
    );
    const wanted = fresh.filter((one) => (one.business_type ?? BUYERS) === BUYERS);
    const hints = wanted.map((one) => conversationHint(one.conversation_id, one.latest_message_id ?? null));
    const next = page?.next_cursor?.next_message_time_nano ?? '';
    const isLast = page?.more !== true || fresh.length === 0 || next === '' || next === place;
    return changes(hints, isLast ? `${LISTS[stage]}:` : `${stage}:${next}`);
  }

  /** Pushes of the whole application that nobody answered in time; kept by the platform for three days, or until it is told. */
  async #lost(access: Access): Read<Changes> {
    const ask = { group: 'push', path: `${PUSH}/get_lost_push_message`, isPublic: true } as const;
    const answer = await this.http.read(access, ask, lostShape);
    // Not every application may ask; without it the lists above have to do.
    if (answer.kind === 'later' && answer.code === 'error_api_permission') return changes([], null);
    if (answer.kind !== 'read') return answer;
    const { push_message_list: pushes, last_message_id: last } = answer.value;
    const notices = (pushes ?? []).map(({ data, ...push }) =>
      Buffer.from(typeof data === 'string' ? data : jsonText({ ...push, data })),
    );
    const next = notices.length > 0 && /^\d{1,20}$/.test(last ?? '') ? `confirm:${last}` : null;
    return { kind: 'read', value: { hints: [], notices, next } };
  }

  /** What was lost has been kept here: the platform need not keep it any more. */
  async #confirm(access: Access, last: string): Read<Changes> {
    const said = await this.http.ask(access, {
      ...{ group: 'push', path: `${PUSH}/confirm_consumed_lost_push_message`, isPublic: true },
      body: { last_message_id: numberOf(last) },
    });
    // What was not confirmed comes again, and is recognised.
    return changes([], said.kind === 'done' ? 'lost:' : null);
  }
}

/** Where a sweep stands: a stage and how far in it; null begins a new one. */
function placeOf(cursor: string | null): readonly [stage: 'unread' | 'recent' | 'lost' | 'confirm', place: string] {
  const [, stage, place = ''] = /^(unread|recent|lost|confirm):(\d{0,20})$/.exec(cursor ?? '') ?? [];
  return [(stage ?? 'unread') as 'unread' | 'recent' | 'lost' | 'confirm', place];
}

function changes(hints: readonly Hint[], next: string | null): Answer<Changes> {
  return { kind: 'read', value: { hints, next } };
}
