import type { z } from 'zod';
import { SKEW_MS } from '../answered-elsewhere.js';
import type { Access, Answer, Changes, FetchedFile, Hint, Reading } from '../connector.js';
import type { ChannelEvent } from '../events.js';
import { addressOf } from './addresses.js';
import type { MercadoLivreApp } from './app.js';
import type { MercadoLivreClaims } from './claims.js';
import { isAgentThread, packEvents, questionEvents } from './events.js';
import type { MercadoLivreHttp } from './http.js';
import { hintOf, packHint } from './notices.js';
import {
  buyerShape,
  missedNoticeShape,
  missedShape,
  packShape,
  placeShape,
  questionShape,
  questionsShape,
  unreadShape,
} from './shapes.js';
import type { Pack, Question } from './shapes.js';

type Read<T> = Promise<Answer<T>>;

/** Messages of a conversation that are read at once, and pages of them at most. */
const PAGE = 50;
const MAX_PAGES = 10;

/** How many of a list are looked at in one sweep; what lies behind them comes when those before are answered. */
const MAX_OFFSET = 1_000;
const MISSED_PAGE = 10;

/** The platform's name of Brazil. */
export const SITE = 'MLB';

/** Reads questions, what was written after a sale, and claims. */
export class MercadoLivreReading implements Reading {
  constructor(
    private readonly app: MercadoLivreApp,
    private readonly http: MercadoLivreHttp,
    private readonly claims: MercadoLivreClaims,
  ) {}

  async read(access: Access, { kind, resource }: Hint): Read<readonly ChannelEvent[]> {
    switch (kind) {
      case 'question':
        return this.#questionEvents(access, resource);
      case 'pack':
        return this.#packEvents(access, resource);
      case 'message':
        return this.#messageEvents(access, resource);
      case 'claim':
        return this.claims.events(access, resource);
      default:
        return { kind: 'read', value: [] };
    }
  }

  hintOf(conversationId: string): Hint | null {
    const address = addressOf(conversationId);
    if (address === null) return null;
    return { kind: address.kind === 'mediation' ? 'claim' : address.kind, resource: address.id };
  }

  async conversation(access: Access, conversationId: string): Read<readonly ChannelEvent[]> {
    const hint = this.hintOf(conversationId);
    return hint === null ? { kind: 'absent' } : this.read(access, hint);
  }

  /** What is unanswered, what is unread, what is claimed, and what the platform could not tell us; one page at a time. */
  async changes(access: Access, cursor: string | null): Read<Changes> {
    const [stage = 'questions', offset = 0] = placeOf(cursor);
    if (stage === 'unread') return this.#unread(access);
    if (stage === 'claims') return this.#claimed(access, offset);
    if (stage === 'missed') return this.#missed(access, offset);
    return this.#unanswered(access, offset);
  }

  /** One question as the platform shows it now. */
  question(access: Access, id: string, urgent: boolean): Read<Question> {
    return this.#get(access, questionShape, 'questions', `/questions/${id}`, { api_version: '4' }, urgent);
  }

  /** A page of what was written after a sale, newest first. Reading it marks nothing as read. */
  pack(access: Access, id: string, offset: number, urgent: boolean): Read<Pack> {
    const query = { tag: 'post_sale', mark_as_read: 'false', limit: String(PAGE), offset: String(offset) };
    const path = `/messages/packs/${id}/sellers/${access.account ?? ''}`;
    return this.#get(access, packShape, 'messages_read', path, query, urgent);
  }

  /** A file that came with a message after a sale, or of a claim. */
  file(access: Access, id: string, maxBytes: number): Read<FetchedFile> {
    const [, claimId, name] = /^claim:(\d{1,20}):(.+)$/s.exec(id) ?? [];
    if (claimId !== undefined && name !== undefined) return this.claims.file(access, claimId, name, maxBytes);
    const path = `/messages/attachments/${encodeURIComponent(id)}`;
    const query = { tag: 'post_sale', site_id: SITE };
    return this.http.file(access, { group: 'messages_read', urgent: false, path, query, maxBytes });
  }

  #get<T>(
    access: Access,
    shape: z.ZodType<T>,
    group: 'questions' | 'messages_read' | 'orders' | 'feeds',
    path: string,
    query: Readonly<Record<string, string>>,
    urgent = false,
  ): Read<T> {
    return this.http.read(access, { group, urgent, path, query }, shape);
  }

  async #questionEvents(access: Access, id: string): Read<readonly ChannelEvent[]> {
    const answer = await this.question(access, id, false);
    if (answer.kind !== 'read') return answer;
    // Of other sellers' questions we may read what everybody may: that is none of ours.
    const isOurs = answer.value.seller_id === access.account;
    return { kind: 'read', value: isOurs ? questionEvents(answer.value) : [] };
  }

  /** One message says where it belongs; the whole conversation is read, because earlier ones may have been missed. */
  async #messageEvents(access: Access, id: string): Read<readonly ChannelEvent[]> {
    const answer = await this.#get(access, placeShape, 'messages_read', `/messages/${id}`, { tag: 'post_sale' });
    if (answer.kind !== 'read') return answer;
    const named = (name: string): string | undefined => answer.value.find((one) => one.name === name)?.id;
    const packId = named('packs') ?? named('orders');
    const isOurs = (named('sellers') ?? access.account) === access.account;
    if (packId === undefined || !isOurs || addressOf(`pack:${packId}`) === null) return { kind: 'read', value: [] };
    return this.#packEvents(access, packId);
  }

  async #packEvents(access: Access, id: string): Read<readonly ChannelEvent[]> {
    const pages: Pack[] = [];
    for (let total = 1; pages.length * PAGE < total && pages.length < MAX_PAGES;) {
      const page = await this.pack(access, id, pages.length * PAGE, false);
      if (page.kind !== 'read') return page;
      pages.push(page.value);
      total = page.value.paging.total;
    }
    // A message that came between two pages moves one to the next.
    const messages = [...new Map(pages.flatMap((page) => page.messages).map((one) => [one.id, one])).values()];
    const buyer = await this.#buyer(access, id, pages[0], messages);
    if (buyer.kind !== 'read') return buyer;
    return { kind: 'read', value: packEvents(id, messages, access.account ?? '', buyer.value) };
  }

  /** Who bought: whoever wrote, unless the platform's agent stands in their place or nobody has written yet. */
  async #buyer(access: Access, id: string, first: Pack | undefined, messages: Pack['messages']): Read<string> {
    const others = messages.map((message) => message.from.user_id).filter((user) => user !== access.account);
    const [buyer] = others.filter((user) => user !== this.app.agentId);
    if (buyer !== undefined && first !== undefined && !isAgentThread(first)) return { kind: 'read', value: buyer };
    const ofPack = await this.#get(access, buyerShape, 'orders', `/packs/${id}`, {});
    // The id may be that of an order without a pack.
    const found =
      ofPack.kind === 'absent' ? await this.#get(access, buyerShape, 'orders', `/orders/${id}`, {}) : ofPack;
    return found.kind === 'read' ? { kind: 'read', value: found.value.buyer.id } : found;
  }

  async #unanswered(access: Access, offset: number): Read<Changes> {
    const answer = await this.#get(access, questionsShape, 'questions', '/questions/search', {
      ...{ seller_id: access.account ?? '', status: 'UNANSWERED', api_version: '4' },
      ...{ sort_fields: 'date_created', sort_types: 'DESC', limit: String(PAGE), offset: String(offset) },
    });
    if (answer.kind !== 'read') return answer;
    const { total, questions } = answer.value;
    const next = offset + PAGE;
    const isLast = questions.length === 0 || next >= Math.min(total, MAX_OFFSET);
    return changes(
      questions.map(({ id }) => ({ kind: 'question', resource: id })),
      isLast ? 'unread:0' : `questions:${next}`,
    );
  }

  async #unread(access: Access): Read<Changes> {
    const query = { role: 'seller', tag: 'post_sale' };
    const answer = await this.#get(access, unreadShape, 'messages_read', '/messages/unread', query);
    if (answer.kind !== 'read') return answer;
    const hints = answer.value.results.flatMap(({ resource }) => packHint(resource) ?? []);
    return changes(hints, 'claims:0');
  }

  async #claimed(access: Access, offset: number): Read<Changes> {
    const answer = await this.claims.open(access, offset);
    // An application may have no permission for claims: what comes after them must be looked at all the same.
    if (answer.kind === 'unauthorised' && answer.code === 'forbidden') return changes([], 'missed:0');
    if (answer.kind !== 'read') return answer;
    const { hints, next } = answer.value;
    return changes(hints, next === null ? 'missed:0' : `claims:${next}`);
  }

  /** Notices that nobody answered in time; kept by the platform for two days. */
  async #missed(access: Access, offset: number): Read<Changes> {
    const query = { app_id: this.app.clientId, limit: String(MISSED_PAGE), offset: String(offset) };
    const answer = await this.#get(access, missedShape, 'feeds', '/missed_feeds', query);
    if (answer.kind !== 'read') return answer;
    const { messages } = answer.value;
    const hints = messages.flatMap((message) => {
      const notice = missedNoticeShape.safeParse(message).data;
      const hint = notice?.user_id === access.account ? hintOf(notice.topic, notice.resource) : null;
      if (hint === null) return [];
      return notice?.sent === undefined ? [hint] : [{ ...hint, toldAt: Date.parse(notice.sent) + SKEW_MS }];
    });
    const next = offset + MISSED_PAGE;
    const isLast = messages.length < MISSED_PAGE || next >= MAX_OFFSET;
    return isLast ? changes(hints, null) : changes(hints, `missed:${next}`);
  }
}

/** Where a sweep stands: a stage and how far in it; null begins a new one. */
function placeOf(cursor: string | null): [stage?: string, offset?: number] {
  const [, stage, offset] = /^(questions|unread|claims|missed):(\d{1,6})$/.exec(cursor ?? '') ?? [];
  return stage === undefined ? [] : [stage, Number(offset)];
}

function changes(hints: readonly Hint[], next: string | null): Answer<Changes> {
  return { kind: 'read', value: { hints, next } };
}
