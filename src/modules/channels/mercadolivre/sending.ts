import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { answeredAlready, answerLike, unknownAnswers, SKEW_MS } from '../answered-elsewhere.js';
import { notFound } from '../answers.js';
import type { Access, OutgoingMessage, Sought } from '../connector.js';
import { timed } from '../exchange.js';
import { asJson } from '../request-body.js';
import { isSameText, reasonOf } from '../wording.js';
import { EXCEPTED, hasOwnWords } from './action-guide.js';
import type { ActionGuide } from './action-guide.js';
import { addressOf, answerMessage } from './addresses.js';
import type { Address } from './addresses.js';
import type { MercadoLivreApp } from './app.js';
import type { MercadoLivreClaimSending } from './claim-sending.js';
import { isAgentThread, sentAtOf } from './events.js';
import type { MercadoLivreHttp } from './http.js';
import { fateOf, notNow, refusalOf, seen, sent } from './outcomes.js';
import type { Fate } from './outcomes.js';
import { SITE } from './reading.js';
import type { MercadoLivreReading } from './reading.js';
import { questionShape, writtenShape } from './shapes.js';
import type { Pack, Question } from './shapes.js';
import { uploadAll } from './uploads.js';

/** A block that is none: only reasons are not taken. */
const USE_MESSAGES = 'blocked_by_conversation_use_message_api';

/** Where files of messages after a sale go. */
const FILES = {
  group: 'messages_write',
  path: '/messages/attachments',
  query: { tag: 'post_sale', site_id: SITE },
} as const;

/** Answers questions and writes after a sale; in claims too. The platform knows no idempotency key: before every attempt it is asked what it has. */
export class MercadoLivreSending {
  constructor(
    private readonly app: MercadoLivreApp,
    private readonly http: MercadoLivreHttp,
    private readonly reading: MercadoLivreReading,
    private readonly guide: ActionGuide,
    private readonly claims: MercadoLivreClaimSending,
  ) {}

  /** All requests of one attempt share its time: a message must not arrive later than anybody expects. */
  send(given: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const access = timed(given);
    const address = addressOf(message.conversationId);
    if (address === null) return Promise.resolve({ kind: 'refused', reason: 'address_unknown' });
    if (message.template !== undefined) return this.#guided(access, address, message);
    if (isInClaim(address)) return this.claims.send(access, address, message);
    return address.kind === 'question'
      ? this.#answer(access, address.id, message.text)
      : this.#write(access, address.id, message);
  }

  async find(given: Access, { since, message }: Sought): Promise<ReadOutcome> {
    const access = timed(given);
    const address = addressOf(message?.conversationId ?? '');
    if (message === null || address === null) return { kind: 'failed', reason: 'address_unknown' };
    if (address.kind === 'question') return this.#findAnswer(access, address.id, message.text);
    if (isInClaim(address)) return this.claims.find(access, address.id, message, since);
    const pack = await this.reading.pack(access, address.id, 0, true);
    if (pack.kind !== 'read') return notFound(pack);
    const messages = seen(pack.value, access);
    const found = answerLike(messages, message, since - SKEW_MS);
    if (found !== undefined) return { kind: 'found', ...found.fate };
    const isAmong = unknownAnswers(messages, message).some(({ at }) => at >= since - SKEW_MS);
    // Words of the platform's own are recognised by nobody: one of those may be them, and a person has to look.
    return isAmong && !hasOwnWords(message) ? { kind: 'failed', reason: 'words_unknown' } : { kind: 'absent' };
  }

  /** With a reason; where the platform wants none, an author's own words go like any others. */
  async #guided(access: Access, { kind, id }: Address, message: OutgoingMessage): Promise<SendOutcome> {
    if (kind !== 'pack') return { kind: 'refused', reason: 'option_unknown' };
    const outcome = await this.guide.send(access, id, message);
    const isExcepted = outcome.kind === 'refused' && outcome.reason === EXCEPTED;
    return isExcepted && hasOwnWords(message) ? this.#write(access, id, message) : outcome;
  }

  async #findAnswer(access: Access, id: string, text: string): Promise<ReadOutcome> {
    const question = await this.reading.question(access, id, true);
    if (question.kind !== 'read') return notFound(question);
    return isSameText(question.value.answer?.text, text)
      ? { kind: 'found', ...answerFate(question.value) }
      : { kind: 'absent' };
  }

  /** A question takes one answer, for good: whether it has one is asked right before. */
  async #answer(access: Access, id: string, text: string): Promise<SendOutcome> {
    const question = await this.reading.question(access, id, true);
    const stands = question.kind === 'read' ? standing(question.value, text) : notNow(question, 'question_gone');
    if (stands !== null) return stands;
    const body = asJson({ question_id: Number(id), text });
    const reply = await this.http.ask(access, { group: 'questions', urgent: true, path: '/answers', query: {}, body });
    if (reply.kind === 'answered' && refusalOf(reply) === 'not_unanswered_question')
      return this.#overtaken(access, id, text);
    return sent(reply, (given) => {
      const answered = questionShape.safeParse(given).data;
      return answered === undefined ? { status: 'accepted', externalId: answerMessage(id) } : answerFate(answered);
    });
  }

  /** Between our question and our answer somebody answered: it may have been an attempt of ours. */
  async #overtaken(access: Access, id: string, text: string): Promise<SendOutcome> {
    const question = await this.reading.question(access, id, true);
    if (question.kind !== 'read') return { kind: 'unknown', reason: 'answered_by_somebody' };
    return standing(question.value, text) ?? { kind: 'unknown', reason: 'answered_by_somebody' };
  }

  async #write(access: Access, id: string, message: OutgoingMessage): Promise<SendOutcome> {
    const { text, buyerId } = message;
    const pack = await this.reading.pack(access, id, 0, true);
    if (pack.kind !== 'read') return notNow(pack, 'conversation_gone');
    const status = pack.value.conversation_status;
    if (status?.status === 'blocked' && status.substatus !== USE_MESSAGES)
      return { kind: 'refused', reason: reasonOf(status.substatus ?? 'blocked') };
    const answered = answeredAlready(seen(pack.value, access), message);
    if (answered !== null) return answered;
    const to = isAgentThread(pack.value) ? this.app.agentId : (counterparty(pack.value, access) ?? buyerId);
    // Those that no message names the platform forgets after two days.
    const files = await uploadAll(this.http, access, FILES, message.files ?? []);
    if ('kind' in files) return files;
    const attachments = files.names.length === 0 ? {} : { attachments: files.names };
    const body = asJson({ from: { user_id: access.account }, to: { user_id: to }, text, ...attachments });
    const path = `/messages/packs/${id}/sellers/${access.account ?? ''}`;
    const query = { tag: 'post_sale' };
    const reply = await this.http.ask(access, { group: 'messages_write', urgent: true, path, query, body });
    return sent(reply, (given) => {
      const written = writtenShape.safeParse(given).data;
      return written === undefined ? null : fateOf(written);
    });
  }
}

function isInClaim({ kind }: Address): boolean {
  return kind === 'claim' || kind === 'mediation';
}

/** Why a question need not, or cannot, be answered any more; null when it can. */
function standing(question: Question, text: string): SendOutcome | null {
  if (question.answer) {
    return isSameText(question.answer.text, text)
      ? { kind: 'taken', ...answerFate(question) }
      : { kind: 'refused', reason: 'answered_elsewhere' };
  }
  return question.status === 'UNANSWERED' ? null : { kind: 'refused', reason: reasonOf(`question_${question.status}`) };
}

function answerFate({ id, answer }: Question): Fate {
  const externalId = answerMessage(id);
  if (!answer || answer.status === 'ACTIVE') return { status: 'available', externalId };
  return { status: 'rejected', externalId, reason: reasonOf(`answer_${answer.status}`) };
}

/** The other side of a conversation: whoever wrote to us last. */
function counterparty({ messages }: Pack, { account }: Access): string | undefined {
  const others = messages.filter((message) => message.from.user_id !== account);
  return others.sort((left, right) => sentAtOf(right).localeCompare(sentAtOf(left)))[0]?.from.user_id;
}
