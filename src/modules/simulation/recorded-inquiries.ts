import type { Effect } from '../../domain/inquiry/effects.js';
import type { Command, InquiryEvent } from '../../domain/inquiry/events.js';
import type { BuyerFacts, ConversationFacts, MessageFacts } from '../../domain/inquiry/facts.js';
import type { CountedEntry } from '../../domain/simulation/figures.js';
import type { Fate, Happening, SimulatedInquiry, SimulatedMessage } from '../../domain/simulation/happening.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { withWords } from '../history/index.js';
import { shopFacts } from '../shop/index.js';

/** Which inquiries: those of one definition that were opened in a period (epoch ms, end excluded), oldest first. */
export type RecordedPeriod = {
  readonly definition: string;
  readonly openedFrom: number;
  readonly openedTo: number;
  readonly limit: number;
};

/** An inquiry as it happened: what came from outside, to be simulated, and what really became of it. */
export type RecordedInquiry = { readonly inquiry: SimulatedInquiry; readonly actual: readonly CountedEntry[] };

const INQUIRIES = `
  select i.id, i.buyer_id as "buyerId", i.one_answer as "oneAnswer", s.id as "shopId", s.key, s.channel, s.country,
         s.language as "shopLanguage", s.settings, b.language, b.value, b.tags, b.blocked_at is not null as blocked,
         exists (select from inquiry o where o.tenant_id = i.tenant_id and o.conversation_id = i.conversation_id
                    and o.id <> i.id and o.opened_at < i.opened_at) as returning
    from inquiry i
    join shop s on s.tenant_id = i.tenant_id and s.id = i.shop_id
    join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.definition_key = $2 and i.opened_at >= $3 and i.opened_at < $4
   order by i.opened_at, i.id limit $5`;

const EVENTS = `
  select inquiry_id as "inquiryId", seq, at, entries, decision, words from event
   where tenant_id = $1 and inquiry_id = any($2) order by inquiry_id, seq`;

const MESSAGES = `
  select id, inquiry_id as "inquiryId", sent_at as "sentAt", attachments, classification, platform, text from message
   where tenant_id = $1 and inquiry_id = any($2) and direction = 'in'`;

type InquiryRow = {
  readonly id: string;
  readonly buyerId: string;
  readonly oneAnswer: boolean;
  readonly shopId: string;
  readonly key: string;
  readonly channel: string;
  readonly country: string;
  readonly shopLanguage: string;
  readonly settings: unknown;
  readonly language: string | null;
  readonly value: number;
  readonly tags: readonly string[];
  readonly blocked: boolean;
  readonly returning: boolean;
};

type Taken = {
  readonly event: InquiryEvent;
  readonly facts: Facts;
  readonly effects: readonly Effect[];
  readonly aside?: unknown;
};
type Facts = { readonly buyer?: BuyerFacts; readonly conversation?: ConversationFacts };

type EventRow = {
  readonly inquiryId: string;
  readonly seq: number;
  readonly at: number;
  readonly entries: readonly Omit<CountedEntry, 'at'>[];
  readonly decision: Taken | null;
  readonly words: Buffer | null;
};

type MessageRow = {
  readonly id: string;
  readonly inquiryId: string;
  readonly sentAt: number;
  readonly attachments: Buffer | null;
  readonly classification: MessageFacts['classification'];
  readonly platform: {
    readonly respondBy?: number | null;
    readonly noResponseNeeded?: boolean;
    readonly automated?: boolean;
    readonly public?: boolean;
    readonly windowUntil?: number;
  } | null;
  readonly text: Buffer | null;
};

/** Reads inquiries of a period with their histories. Texts are opened for expressions and classifiers only. */
export async function readRecorded(tx: Tx, vault: Vault, period: RecordedPeriod): Promise<RecordedInquiry[]> {
  const { definition, openedFrom, openedTo, limit } = period;
  const span = [instant(openedFrom), instant(openedTo)];
  const inquiries = await tx.query<InquiryRow>(INQUIRIES, [tx.tenantId, definition, ...span, limit]);
  const ids = inquiries.map(({ id }) => id);
  const keys = await vault.unlock(tx, { cases: ids });
  const events = Map.groupBy(await tx.query<EventRow>(EVENTS, [tx.tenantId, ids]), (row) => row.inquiryId);
  const rows = await tx.query<MessageRow>(MESSAGES, [tx.tenantId, ids]);
  const messages = new Map(rows.map((row) => [row.id, messageOf(keys, row)]));
  return inquiries.flatMap((row) => {
    const history = (events.get(row.id) ?? []).map((event) => whole(keys, event));
    return history.length === 0 ? [] : [recorded(row, history, messages)];
  });
}

/** What carries words that conditions may read: commands, answers of outside systems, and what platforms report. */
const WORDY: ReadonlySet<string | undefined> = new Set(['command', 'call.answered', 'platform.event']);

/** An event with the words it carries put back. */
function whole(keys: Keys, row: EventRow): EventRow {
  if (!WORDY.has(row.decision?.event.kind)) return row;
  return withWords(keys, row.inquiryId, row.seq, row.words, row);
}

function messageOf(keys: Keys, row: MessageRow): SimulatedMessage {
  const { id, inquiryId, sentAt, classification, platform } = row;
  const place = (column: string) => ({ owner: { case: inquiryId }, table: 'message', column, row: id });
  const files = keys.shownJson<{ mediaType: string; size?: number }[]>(place('attachments'), row.attachments) ?? [];
  return {
    ...{ id, sentAt, classification },
    text: keys.shown(place('text'), row.text),
    attachments: files.map(({ mediaType, size }) => ({ mediaType, size: size ?? null })),
    respondBy: platform?.respondBy ?? null,
    noResponseNeeded: platform?.noResponseNeeded ?? false,
    ...(platform?.automated === true ? { automated: true } : {}),
    ...(platform?.public === true ? { public: true } : {}),
    windowUntil: platform?.windowUntil ?? null,
  };
}

function recorded(
  row: InquiryRow,
  history: readonly EventRow[],
  messages: ReadonlyMap<string, SimulatedMessage>,
): RecordedInquiry {
  const taken = history.flatMap(({ at, decision }) =>
    decision === null || decision.aside !== undefined ? [] : [{ at, ...decision }],
  );
  const fates = fatesOf(taken);
  const buyer = taken.find(({ facts }) => facts.buyer !== undefined)?.facts.buyer;
  const conversation = taken.find(({ facts }) => facts.conversation !== undefined)?.facts.conversation;
  const opening = taken.find(({ event }) => event.kind === 'inquiry.opened')?.event;
  const started = opening?.kind === 'inquiry.opened' ? opening : null;
  const inquiry: SimulatedInquiry = {
    id: row.id,
    shop: shopFacts({ ...row, id: row.shopId, language: row.shopLanguage }),
    buyer: buyer ?? buyerOf(row),
    conversation: conversation ?? unknownConversation(row),
    backfill: started?.backfill ?? false,
    linked: started?.linked ?? null,
    happenings: taken.flatMap((one) => happeningOf(one, fates, messages) ?? []),
    automatedFates: taken.flatMap(({ effects }) =>
      effects.flatMap((effect) =>
        effect.do === 'send' && effect.author === 'automated' ? [fates.get(effect.send) ?? []] : [],
      ),
    ),
    answers: answersOf(taken),
  };
  return { inquiry, actual: history.flatMap(({ at, entries }) => entries.map((entry) => ({ ...entry, at }))) };
}

function buyerOf({ buyerId, returning, blocked, tags, value, language }: InquiryRow): BuyerFacts {
  return { id: buyerId, returning, blocked, tags, value, language };
}

function unknownConversation({ oneAnswer }: InquiryRow): ConversationFacts {
  return { windowUntil: null, oneAnswer, humanAnswered: false, lastAgentId: null, onceMarks: {} };
}

/** Longer than any simulation. */
const NEVER_MS = 10 * 365 * 86_400_000;

type At = Taken & { readonly at: number };

/** What became of each send, after its sending. */
function fatesOf(taken: readonly At[]): ReadonlyMap<string, Fate[]> {
  const sentAt = new Map<string, number>();
  const fates = new Map<string, Fate[]>();
  for (const { at, event, effects } of taken) {
    for (const effect of effects) if (effect.do === 'send' || effect.do === 'release_send') sentAt.set(effect.send, at);
    if (event.kind !== 'delivery.receipt') continue;
    const fate = { status: event.status, afterMs: at - (sentAt.get(event.send) ?? at), reason: event.reason };
    fates.set(event.send, [...(fates.get(event.send) ?? []), fate]);
  }
  return fates;
}

/** What outside systems answered, in the order they were asked; one that never did counts as silent to the end. */
function answersOf(taken: readonly At[]): SimulatedInquiry['answers'] {
  const asked = taken.flatMap(({ at, effects }) =>
    effects.flatMap((effect) => (effect.do === 'call' ? [{ call: effect.call, at }] : [])),
  );
  return asked.map(({ call, at: askedAt }) => {
    const found = taken.find(({ event }) => event.kind === 'call.answered' && event.call === call);
    if (found?.event.kind !== 'call.answered')
      return { outcome: 'unknown', code: 'silent', data: {}, afterMs: NEVER_MS };
    const { outcome, code, data } = found.event;
    return { outcome, code, data, afterMs: found.at - askedAt };
  });
}

function happeningOf(
  { at, event, effects }: At,
  fates: ReadonlyMap<string, readonly Fate[]>,
  messages: ReadonlyMap<string, SimulatedMessage>,
): Happening | null {
  switch (event.kind) {
    case 'inquiry.opened':
    case 'message.received': {
      const message = event.messageId === null ? undefined : messages.get(event.messageId);
      if (message !== undefined) return { at, kind: 'message', message };
      return event.kind === 'inquiry.opened' ? { at, kind: 'opening' } : null;
    }
    case 'reply.external':
      return { at, kind: 'external', author: event.author };
    case 'platform.event':
      return { at, kind: 'platform_event', name: event.name, happenedAt: event.at, data: event.data ?? {} };
    case 'command': {
      const { command, actor } = event;
      if (!isRepeatable(command) || !wasApplied(effects)) return null;
      const send = effects.find((effect) => effect.do === 'send');
      return { at, kind: 'act', by: actor, command, fates: send === undefined ? [] : (fates.get(send.send) ?? []) };
    }
    default:
      return null;
  }
}

/** Taking back a message is part of its fate; a note changes nothing. */
function isRepeatable({ kind }: Command): boolean {
  return kind !== 'cancel_message' && kind !== 'note';
}

function wasApplied(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect.do === 'answer_command' && effect.outcome.state === 'applied');
}
