import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { answeredAlready, answerLike } from '../answered-elsewhere.js';
import type { SeenMessage } from '../answered-elsewhere.js';
import { jsonOf, notAsked, notFound, notUploaded } from '../answers.js';
import type { Access, Answer, OutgoingFile, OutgoingMessage, Sought } from '../connector.js';
import { timed } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { asJson, multipart } from '../request-body.js';
import { isSameText, reasonOf } from '../wording.js';
import { addressOf, answerMessage, packMessage } from './addresses.js';
import type { MercadoLivreApp } from './app.js';
import { isAgentThread, isUndecided, moderationOf, sentAtOf } from './events.js';
import type { MercadoLivreHttp } from './http.js';
import { SITE } from './reading.js';
import type { MercadoLivreReading } from './reading.js';
import { messageShape, questionShape, refusalShape, uploadedShape } from './shapes.js';
import type { Pack, PackMessage, Question } from './shapes.js';

/** How far the platform's clock may stand behind ours, in ms. */
const SKEW_MS = 60_000;

/** Answers questions and writes after a sale. The platform knows no idempotency key: before every attempt it is asked what it has. */
export class MercadoLivreSending {
  constructor(
    private readonly app: MercadoLivreApp,
    private readonly http: MercadoLivreHttp,
    private readonly reading: MercadoLivreReading,
  ) {}

  /** All requests of one attempt share its time: a message must not arrive later than anybody expects. */
  send(given: Access, message: OutgoingMessage): Promise<SendOutcome> {
    const access = timed(given);
    const address = addressOf(message.conversationId);
    if (address === null) return Promise.resolve({ kind: 'refused', reason: 'address_unknown' });
    return address.kind === 'question'
      ? this.#answer(access, address.id, message.text)
      : this.#write(access, address.id, message);
  }

  async find(given: Access, { since, message }: Sought): Promise<ReadOutcome> {
    const access = timed(given);
    const address = addressOf(message?.conversationId ?? '');
    if (message === null || address === null) return { kind: 'failed', reason: 'address_unknown' };
    if (address.kind === 'question') return this.#findAnswer(access, address.id, message.text);
    const pack = await this.reading.pack(access, address.id, 0, true);
    if (pack.kind !== 'read') return notFound(pack);
    const found = answerLike(seen(pack.value, access), message, since - SKEW_MS);
    return found === undefined ? { kind: 'absent' } : { kind: 'found', ...found.fate };
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
    if (status?.status === 'blocked') return { kind: 'refused', reason: reasonOf(status.substatus ?? 'blocked') };
    const answered = answeredAlready(seen(pack.value, access), message);
    if (answered !== null) return answered;
    const to = isAgentThread(pack.value) ? this.app.agentId : (counterparty(pack.value, access) ?? buyerId);
    const files = await this.#upload(access, message.files ?? []);
    if ('kind' in files) return files;
    const attachments = files.ids.length === 0 ? {} : { attachments: files.ids };
    const body = asJson({ from: { user_id: access.account }, to: { user_id: to }, text, ...attachments });
    const path = `/messages/packs/${id}/sellers/${access.account ?? ''}`;
    const query = { tag: 'post_sale' };
    const reply = await this.http.ask(access, { group: 'messages_write', urgent: true, path, query, body });
    return sent(reply, (given) => {
      const written = messageShape.safeParse(given).data;
      // It was taken, but not under which id: the platform is asked for its verdict later.
      return written === undefined ? { status: 'accepted', externalId: null } : fateOf(written);
    });
  }

  /** Files are there before the message that names them; those that no message names the platform forgets after two days. */
  async #upload(
    access: Access,
    files: readonly OutgoingFile[],
  ): Promise<{ readonly ids: readonly string[] } | SendOutcome> {
    const ids: string[] = [];
    for (const file of files) {
      const reply = await this.http.ask(access, {
        ...{ group: 'messages_write', urgent: true, path: '/messages/attachments' },
        query: { tag: 'post_sale', site_id: SITE },
        body: await multipart('file', file),
      });
      const outcome = sent(reply, () => ({ status: 'accepted', externalId: null }));
      const id = outcome.kind === 'taken' ? uploadedId(reply) : undefined;
      if (id === undefined) return notUploaded(outcome);
      ids.push(id);
    }
    return { ids };
  }
}

function uploadedId(reply: Reply): string | undefined {
  return reply.kind === 'answered' ? uploadedShape.safeParse(jsonOf(reply.text)).data?.id : undefined;
}

type Fate = {
  readonly status: 'available' | 'accepted' | 'rejected';
  readonly externalId: string | null;
  readonly reason?: string;
};

/** What became of a request to hand something over. */
function sent(reply: Reply, fate: (body: unknown) => Fate): SendOutcome {
  if (reply.kind === 'lost') return { kind: 'unknown', reason: reply.code };
  if (reply.kind === 'unsent') return { kind: 'not_taken', retryAfterMs: reply.retryAfterMs, reason: reply.code };
  const { status, text, retryAfterMs } = reply;
  if (status >= 200 && status < 300) return { kind: 'taken', ...fate(jsonOf(text)) };
  if (status === 401) return { kind: 'not_taken', retryAfterMs, reason: 'token_invalid' };
  if (status === 429 || status === 409) return { kind: 'not_taken', retryAfterMs, reason: `http_${status}` };
  if (status >= 500 || status === 408) return { kind: 'unknown', reason: `http_${status}` };
  return { kind: 'refused', reason: reasonOf(refusalOf(reply) ?? `http_${status}`) };
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

function fateOf(message: PackMessage): Fate {
  const externalId = packMessage(message.id);
  const why = moderationOf(message);
  if (why !== null) return { status: 'rejected', externalId, reason: reasonOf(why) };
  return { status: isUndecided(message) ? 'accepted' : 'available', externalId };
}

function seen({ messages }: Pack, { account }: Access): SeenMessage[] {
  return messages.map((message) => ({
    id: packMessage(message.id),
    isFromShop: message.from.user_id === account,
    at: Date.parse(sentAtOf(message)),
    text: message.text ?? null,
    counts: moderationOf(message) === null,
    fate: fateOf(message),
  }));
}

/** The other side of a conversation: whoever wrote to us last. */
function counterparty({ messages }: Pack, { account }: Access): string | undefined {
  const others = messages.filter((message) => message.from.user_id !== account);
  return others.sort((left, right) => sentAtOf(right).localeCompare(sentAtOf(left)))[0]?.from.user_id;
}

/** Nothing has left, because the question before it was not answered; what is gone takes no answer any more. */
function notNow(answer: Exclude<Answer<unknown>, { kind: 'read' }>, gone: string): SendOutcome {
  return answer.kind === 'absent' ? { kind: 'refused', reason: gone } : notAsked(answer);
}

/** The platform's own word for a refusal, or null. */
function refusalOf({ text }: Extract<Reply, { kind: 'answered' }>): string | null {
  const said = refusalShape.safeParse(jsonOf(text)).data;
  // Some pages put the word into the message.
  const word = [said?.message, said?.error, said?.code].find((one) => one && /^[A-Za-z0-9_.-]+$/.test(one));
  return word ?? said?.error ?? said?.code ?? null;
}
