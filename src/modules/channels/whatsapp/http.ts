import type { z } from 'zod';
import type { Egress } from '../../../platform/egress/index.js';
import { jsonOf, shaped, unreadable } from '../answers.js';
import type { Budget } from '../budget.js';
import { held, pauseFor } from '../budgeted.js';
import type { Access, Answer } from '../connector.js';
import { exchange } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { carrying } from '../request-body.js';
import type { Encoded } from '../request-body.js';
import type { WhatsAppConfig } from '../../../platform/config/index.js';
import { isTooMuch, verdictOf, wordOf } from './codes.js';
import { errorShape } from './shapes.js';

/** What we count apart from each other: messages must not wait for what nobody waits for. */
export const GROUPS = ['messages', 'media', 'management'] as const;

/** The budget of a phone number, by its id with the platform; null while nobody knows that. */
export type BudgetOf = (account: string | null) => Budget;

export type Ask = {
  readonly group: (typeof GROUPS)[number];
  readonly urgent?: boolean;
  /** Ids below the version: `[phone number, 'messages']`. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** A body makes it a `POST`. */
  readonly body?: Encoded;
};

/** A page of a hundred templates with all their parts. */
const MAX_ANSWER = 2 * 1024 * 1024;

/** Requests to the platform's API, each within what it allows a phone number. */
export class WhatsAppHttp {
  constructor(
    private readonly app: WhatsAppConfig,
    private readonly egress: Egress,
    private readonly budgetOf: BudgetOf,
  ) {}

  /** Makes one request; never throws. */
  async ask(access: Access, { group, urgent = false, path, query = {}, body }: Ask): Promise<Reply> {
    const budget = this.budgetOf(access.account);
    const unsent = await held(budget, group, urgent);
    if (unsent !== null) return unsent;
    const url = URL.parse([this.app.version, ...path].map(encodeURIComponent).join('/'), `${access.url}/`);
    if (url === null) return { kind: 'unsent', code: 'address_invalid', retryAfterMs: null };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const given = carrying(body);
    const reply = await exchange(this.egress, {
      method: body === undefined ? 'GET' : 'POST',
      url: url.href,
      headers: {
        accept: 'application/json',
        ...authorised(access),
        ...given.headers,
      },
      ...given.rest,
      timeoutMs: access.requestTimeoutMs,
      maxBytes: MAX_ANSWER,
    });
    if (reply.kind === 'answered' && isTooMuch(reply.status, codeOf(reply))) {
      await pauseFor(budget, group, reply.retryAfterMs);
    }
    return reply;
  }

  /** Makes a request that changes nothing and reads its answer. */
  async read<T>(access: Access, ask: Ask, shape: z.ZodType<T>): Promise<Answer<T>> {
    return answerOf(await this.ask(access, ask), shape);
  }
}

/** In the header alone: a query would be logged along the way. */
export function authorised({ secrets }: Access): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secrets[0] ?? ''}` };
}

/** The platform's code for what went wrong, or null where it says none. */
export function codeOf({ text }: { readonly text: string }): number | null {
  return errorShape.safeParse(jsonOf(text)).data?.error.code ?? null;
}

function answerOf<T>(reply: Reply, shape: z.ZodType<T>): Answer<T> {
  if (reply.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: reply.code };
  if (reply.kind === 'unsent') return { kind: 'later', retryAfterMs: reply.retryAfterMs, code: reply.code };
  const { status, text, retryAfterMs } = reply;
  const code = codeOf(reply);
  if (code !== null) return refusalOf(code, reply);
  if (status === 401) return { kind: 'unauthorised', code: 'token_invalid' };
  if (status === 404) return { kind: 'absent' };
  if (status === 429) return { kind: 'later', retryAfterMs, code: 'rate_limited' };
  if (status >= 500 || status === 408) return { kind: 'later', retryAfterMs: null, code: `http_${status}` };
  if (status !== 200) return unreadable(text, `HTTP ${status}`);
  return shaped(text, jsonOf(text), shape);
}

/** The platform's code for a thing that is not there, or not for this token. */
const NO_SUCH_THING = 100;

function refusalOf(code: number, { status, text, retryAfterMs }: Extract<Reply, { kind: 'answered' }>): Answer<never> {
  const verdict = verdictOf(code, status);
  if (verdict.kind === 'unauthorised')
    return { kind: 'unauthorised', code: isToken(code) ? 'token_invalid' : 'forbidden' };
  if (verdict.kind === 'later')
    return { kind: 'later', retryAfterMs: retryAfterMs ?? verdict.retryAfterMs, code: 'rate_limited' };
  if (verdict.kind === 'unsure') return { kind: 'later', retryAfterMs: null, code: `whatsapp_${code}` };
  return code === NO_SUCH_THING ? { kind: 'absent' } : unreadable(text, wordOf(code));
}

/** Whether the token is of no use at all; other codes say that it does not reach as far as this was. */
const isToken = (code: number): boolean => code === 0 || code === 190;
