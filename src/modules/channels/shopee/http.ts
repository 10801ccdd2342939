import type { z } from 'zod';
import type { Egress } from '../../../platform/egress/index.js';
import { shaped, unreadable } from '../answers.js';
import type { Budget } from '../budget.js';
import { held, PAUSE_MS, pauseFor } from '../budgeted.js';
import type { Access, Answer } from '../connector.js';
import { exchange } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { carrying } from '../request-body.js';
import type { Encoded } from '../request-body.js';
import type { ShopeeApp } from './app.js';
import { codeOf, meaningOf, untilNextDay } from './errors.js';
import type { Meaning } from './errors.js';
import { jsonOf, jsonText } from './json.js';
import { envelopeShape } from './shapes.js';
import { signatureOf } from './signature.js';

/** Endpoints that we count together; the platform does not say which it does. */
export const GROUPS = ['chat_read', 'chat_write', 'push', 'performance', 'shop_read'] as const;
export type Group = (typeof GROUPS)[number];

export type Ask = {
  readonly group: Group;
  readonly urgent?: boolean;
  /** From `/api/v2` on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A body makes it a `POST`. */
  readonly body?: unknown;
  /** The same of what is no JSON. */
  readonly upload?: Encoded;
  /** About the application, not about a shop. */
  readonly isPublic?: boolean;
};

/** What the platform said, whatever the status: errors come with 200 too. */
export type Said =
  | Exclude<Reply, { readonly kind: 'answered' }>
  | { readonly kind: 'done'; readonly response: unknown; readonly text: string }
  | { readonly kind: 'failed'; readonly meaning: Meaning; readonly code: string; readonly retryAfterMs: number | null }
  /** No words of the platform's. */
  | { readonly kind: 'garbled'; readonly status: number; readonly text: string; readonly retryAfterMs: number | null };

/** A page of fifty messages with their cards. */
const MAX_ANSWER = 2 * 1024 * 1024;

/** What people have to put right is not asked for again at once. */
const SETUP_MS = 60_000;

/** Signed requests to the platform's API, each within what we allow ourselves. */
export class ShopeeHttp {
  constructor(
    private readonly app: ShopeeApp,
    private readonly egress: Egress,
    private readonly budget: Budget,
  ) {}

  /** Makes one request; never throws. */
  async ask(access: Access, ask: Ask): Promise<Said> {
    const { group, urgent = false } = ask;
    const { headers, rest } = carrying(encodedOf(ask));
    const unsent = await held(this.budget, group, urgent);
    if (unsent !== null) return unsent;
    const url = signedUrl(this.app, access, ask);
    if (url === null) return { kind: 'unsent', code: 'address_invalid', retryAfterMs: null };
    const said = saidIn(
      await exchange(this.egress, {
        method: rest.body === undefined ? 'GET' : 'POST',
        url,
        headers: { accept: 'application/json', ...headers },
        ...rest,
        timeoutMs: access.requestTimeoutMs,
        maxBytes: MAX_ANSWER,
      }),
    );
    if (said.kind === 'failed' && (said.meaning === 'busy' || said.meaning === 'daily')) {
      await pauseFor(this.budget, group, said.retryAfterMs);
    }
    return said;
  }

  /** Makes a request that changes nothing and reads its answer. */
  async read<T>(access: Access, ask: Ask, shape: z.ZodType<T>): Promise<Answer<T>> {
    return answerOf(await this.ask(access, ask), shape);
  }
}

function encodedOf({ body, upload }: Ask): Encoded | undefined {
  if (upload !== undefined || body === undefined) return upload;
  return { bytes: Buffer.from(jsonText(body), 'utf8'), contentType: 'application/json' };
}

/** The address of a request with everything that signs it, or null where there is none. */
export function signedUrl(
  app: ShopeeApp,
  access: Pick<Access, 'url' | 'secrets' | 'account'>,
  { path, query = {}, isPublic = false }: Pick<Ask, 'path' | 'query' | 'isPublic'>,
): string | null {
  const url = URL.parse(path, access.url);
  if (url === null) return null;
  const timestamp = Math.floor(Date.now() / 1_000);
  const credential = isPublic ? null : { accessToken: access.secrets[0] ?? '', shopId: access.account ?? '' };
  const signed = {
    partner_id: app.partnerId,
    timestamp: String(timestamp),
    sign: signatureOf(app, path, timestamp, credential),
    ...(credential === null ? {} : { access_token: credential.accessToken, shop_id: credential.shopId }),
    ...query,
  };
  for (const [name, value] of Object.entries(signed)) url.searchParams.set(name, value);
  return url.href;
}

/** What a reply says. */
export function saidIn(reply: Reply): Said {
  if (reply.kind !== 'answered') return reply;
  const { status, text, retryAfterMs } = reply;
  const said = envelopeShape.safeParse(jsonOf(text));
  const error = said.data?.error ?? '';
  if (said.success && error !== '' && error !== '-') {
    const sentence = said.data.message ?? '';
    const meaning = meaningOf(error, sentence);
    const patience = { busy: retryAfterMs ?? PAUSE_MS, daily: untilNextDay(Date.now()), setup: SETUP_MS };
    return {
      kind: 'failed',
      meaning,
      code: codeOf(error, sentence),
      retryAfterMs: Object.hasOwn(patience, meaning) ? patience[meaning as keyof typeof patience] : retryAfterMs,
    };
  }
  if (status === 429)
    return { kind: 'failed', meaning: 'busy', code: 'http_429', retryAfterMs: retryAfterMs ?? PAUSE_MS };
  if (status === 200 && said.success) return { kind: 'done', response: said.data.response, text };
  return { kind: 'garbled', status, text, retryAfterMs };
}

/** What an answer to a question comes to. */
export function answerOf<T>(said: Said, shape: z.ZodType<T>): Answer<T> {
  switch (said.kind) {
    case 'lost':
      return { kind: 'later', retryAfterMs: null, code: said.code };
    case 'unsent':
      return { kind: 'later', retryAfterMs: said.retryAfterMs, code: said.code };
    case 'done':
      return shaped(said.text, said.response, shape);
    case 'failed':
      if (said.meaning === 'absent') return { kind: 'absent' };
      if (said.meaning === 'token') return { kind: 'unauthorised', code: 'token_invalid' };
      if (said.meaning === 'refused') return unreadable('', said.code);
      return {
        kind: 'later',
        retryAfterMs: said.retryAfterMs,
        code: said.meaning === 'busy' ? 'rate_limited' : said.code,
      };
    case 'garbled':
      return said.status >= 500 || said.status === 408
        ? { kind: 'later', retryAfterMs: said.retryAfterMs, code: `http_${said.status}` }
        : unreadable(said.text, `HTTP ${said.status}`);
  }
}
