import type { z } from 'zod';
import type { AmazonAppConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import { jsonOf, shaped, unreadable } from '../answers.js';
import type { Budget } from '../budget.js';
import { held, PAUSE_MS, pauseFor } from '../budgeted.js';
import type { Access, Answer } from '../connector.js';
import { exchange } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { carrying } from '../request-body.js';
import type { Encoded } from '../request-body.js';
import { errorsShape } from './shapes.js';

/** Endpoints that we count together; the platform counts each by itself, for each seller. */
export const GROUPS = ['actions', 'messages', 'orders'] as const;
export type Group = (typeof GROUPS)[number];

export type Ask = {
  readonly group: Group;
  readonly urgent: boolean;
  /** Of words and ids, each of which is escaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** A body makes it a `POST`. */
  readonly body?: Encoded;
};

const MAX_ANSWER = 1024 * 1024;

/** Requests to the Selling Partner API, each within what we allow ourselves. */
export class AmazonHttp {
  constructor(
    private readonly app: AmazonAppConfig,
    private readonly egress: Egress,
    private readonly budget: Budget,
  ) {}

  /** Makes one request; never throws. */
  async ask(access: Access, { group, urgent, path, query = {}, body }: Ask): Promise<Reply> {
    const unsent = await held(this.budget, group, urgent);
    if (unsent !== null) return unsent;
    const url = URL.parse(`/${path.map(encodeURIComponent).join('/')}`, access.url);
    if (url === null) return { kind: 'unsent', code: 'address_invalid', retryAfterMs: null };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const given = carrying(body);
    const reply = await exchange(this.egress, {
      method: body === undefined ? 'GET' : 'POST',
      url: url.href,
      headers: {
        accept: 'application/json',
        'user-agent': 'Atende (Language=TypeScript)',
        'x-amz-access-token': access.secrets[0] ?? '',
        'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d{3}/g, ''),
        ...given.headers,
      },
      ...given.rest,
      timeoutMs: access.requestTimeoutMs,
      maxBytes: MAX_ANSWER,
    });
    if (reply.kind === 'answered' && reply.status === 429) await pauseFor(this.budget, group, reply.retryAfterMs);
    return reply;
  }

  /** Makes a request that changes nothing and reads its answer. */
  async read<T>(access: Access, ask: Ask, shape: z.ZodType<T>): Promise<Answer<T>> {
    return answerOf(await this.ask(access, ask), shape);
  }

  /** Which of the platform's marketplaces is meant. */
  get marketplace(): Readonly<Record<string, string>> {
    return { marketplaceIds: this.app.marketplaceId };
  }
}

type Answered = Extract<Reply, { readonly kind: 'answered' }>;

/** The platform's code for what went wrong; empty where it says none. */
export function codeIn({ text }: Pick<Answered, 'text'>): string {
  return errorsShape.safeParse(jsonOf(text)).data?.errors[0]?.code ?? '';
}

/** Whether the token is of no use any more; the platform says so like it says that something is not allowed. */
export function isTokenOver({ status, text }: Pick<Answered, 'status' | 'text'>): boolean {
  if (status === 401) return true;
  const [error] = status === 403 ? (errorsShape.safeParse(jsonOf(text)).data?.errors ?? []) : [];
  return /access token/i.test(`${error?.message ?? ''} ${error?.details ?? ''}`);
}

function answerOf<T>(reply: Reply, shape: z.ZodType<T>): Answer<T> {
  if (reply.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: reply.code };
  if (reply.kind === 'unsent') return { kind: 'later', retryAfterMs: reply.retryAfterMs, code: reply.code };
  const { status, text } = reply;
  if (status === 200) return shaped(text, jsonOf(text), shape);
  if (isTokenOver(reply)) return { kind: 'unauthorised', code: 'token_invalid' };
  if (status === 403) return { kind: 'unauthorised', code: 'forbidden' };
  if (status === 404) return { kind: 'absent' };
  if (status === 429) return { kind: 'later', retryAfterMs: reply.retryAfterMs ?? PAUSE_MS, code: 'rate_limited' };
  if (status >= 500 || status === 408) return { kind: 'later', retryAfterMs: null, code: `http_${status}` };
  return unreadable(text, `HTTP ${status}`);
}
