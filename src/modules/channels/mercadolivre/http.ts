import { z } from 'zod';
import type { Egress } from '../../../platform/egress/index.js';
import { jsonOf, shaped, unreadable } from '../answers.js';
import type { Budget } from '../budget.js';
import { held, PAUSE_MS, pauseFor } from '../budgeted.js';
import type { Access, Answer, FetchedFile } from '../connector.js';
import { exchange, TOO_LARGE } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { carrying } from '../request-body.js';
import type { Encoded } from '../request-body.js';

/** Endpoints that the platform counts together. */
export const GROUPS = ['messages_read', 'messages_write', 'questions', 'orders', 'feeds', 'users', 'claims'] as const;
export type Group = (typeof GROUPS)[number];

export type Ask = {
  readonly group: Group;
  readonly urgent: boolean;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A body makes it a `POST`. */
  readonly body?: Encoded;
  /** Neither reads nor gives anything. */
  readonly remove?: true;
  /** How much of the answer is read at most, in bytes; of JSON unless given. */
  readonly maxBytes?: number;
};

/** A page of fifty messages of a buyer, each of 3,500 characters, escaped. */
const MAX_ANSWER = 2 * 1024 * 1024;

/** Requests to the platform's API, each within what the platform allows. */
export class MercadoLivreHttp {
  constructor(
    private readonly egress: Egress,
    private readonly budget: Budget,
  ) {}

  /** Makes one request; never throws. */
  async ask(
    access: Access,
    { group, urgent, path, query = {}, body, remove, maxBytes = MAX_ANSWER }: Ask,
  ): Promise<Reply> {
    const unsent = await held(this.budget, group, urgent);
    if (unsent !== null) return unsent;
    const url = URL.parse(path, access.url);
    if (url === null) return { kind: 'unsent', code: 'address_invalid', retryAfterMs: null };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const given = carrying(body);
    const reply = await exchange(this.egress, {
      method: remove === true ? 'DELETE' : body === undefined ? 'GET' : 'POST',
      url: url.href,
      headers: {
        accept: 'application/json',
        // In the header alone: a query would be logged along the way.
        authorization: `Bearer ${access.secrets[0] ?? ''}`,
        ...given.headers,
      },
      ...given.rest,
      timeoutMs: access.requestTimeoutMs,
      maxBytes,
    });
    if (reply.kind === 'answered' && reply.status === 429) await pauseFor(this.budget, group, reply.retryAfterMs);
    return reply;
  }

  /** Makes a request that changes nothing and reads its answer. */
  async read<T>(access: Access, ask: Ask, shape: z.ZodType<T>): Promise<Answer<T>> {
    return answerOf(await this.ask(access, ask), shape);
  }

  /** Fetches a file; what is no file has its answer like any other. */
  async file(access: Access, ask: Ask): Promise<Answer<FetchedFile>> {
    const reply = await this.ask(access, ask);
    if (reply.kind === 'lost' && reply.code === TOO_LARGE)
      return { kind: 'read', value: { bytes: Buffer.alloc(0), complete: false } };
    if (reply.kind === 'answered' && reply.status === 200)
      return { kind: 'read', value: { bytes: reply.bytes, complete: true } };
    return answerOf(reply, z.never());
  }
}

/** What a reply to a question says. */
export function answerOf<T>(reply: Reply, shape: z.ZodType<T>): Answer<T> {
  if (reply.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: reply.code };
  if (reply.kind === 'unsent') return { kind: 'later', retryAfterMs: reply.retryAfterMs, code: reply.code };
  const { status, text } = reply;
  if (status === 404) return { kind: 'absent' };
  if (status === 401) return { kind: 'unauthorised', code: 'token_invalid' };
  if (status === 403) return { kind: 'unauthorised', code: 'forbidden' };
  if (status === 429) return { kind: 'later', retryAfterMs: reply.retryAfterMs ?? PAUSE_MS, code: 'rate_limited' };
  if (status >= 500 || status === 408) return { kind: 'later', retryAfterMs: null, code: `http_${status}` };
  if (status !== 200) return unreadable(text, `HTTP ${status}`);
  return shaped(text, jsonOf(text), shape);
}
