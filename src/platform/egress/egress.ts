import { lookup } from 'node:dns/promises';
import { Agent, buildConnector, request } from 'undici';
import { EgressRules } from './address.js';

export type EgressRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole exchange, in ms. */
  readonly timeoutMs: number;
};

export type EgressResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most `MAX_RESPONSE`; the rest is not read. */
  readonly body: string;
};

/** The address behind a tenant's URL may not be reached from here. */
export class EgressBlocked extends Error {
  readonly code = 'EGRESS_BLOCKED';
}

/** Nothing was sent: the request may be repeated without harm. */
const NOTHING_SENT = new Set([
  'EGRESS_BLOCKED',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const MAX_RESPONSE = 64 * 1024;
const DNS_TIMEOUT_MS = 3_000;

/** True when an error of `Egress.request` proves that the other side got nothing. */
export function nothingSent(error: unknown): boolean {
  return NOTHING_SENT.has(errorCode(error));
}

/** A short code of an error, safe to store: never its text, which may quote a URL. */
export function errorCode(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code = (current as { code?: unknown }).code;
    if (typeof code === 'string') return code;
    if (current.name === 'TimeoutError' || current.name === 'AbortError') return 'TIMEOUT';
  }
  return 'UNKNOWN';
}

/**
 * HTTP to addresses that tenants choose. Names are resolved and checked when the connection is opened, and the connection
 * goes to the checked address, so a name cannot change its mind in between; redirects are never followed.
 */
export class Egress {
  readonly #rules: EgressRules;
  readonly #agent: Agent;

  constructor(allowed: readonly string[]) {
    this.#rules = new EgressRules(allowed);
    const connect = buildConnector({ timeout: 5_000 });
    this.#agent = new Agent({
      connect: (options, callback) => {
        void this.#resolve(options.hostname).then(
          (address) =>
            connect({ ...options, hostname: address, servername: options.servername ?? options.hostname }, callback),
          (error: unknown) => callback(error as Error, null),
        );
      },
      connections: 32,
    });
  }

  /** Sends one request; throws when no answer came, whatever the reason (see `nothingSent`). */
  async request(input: EgressRequest): Promise<EgressResponse> {
    const url = new URL(input.url);
    if (url.username !== '' || url.password !== '') throw new EgressBlocked('A URL with a user name');
    const response = await request(url, {
      dispatcher: this.#agent,
      method: input.method,
      headers: { ...input.headers },
      body: input.body ?? null,
      // A kept connection that the other side has just closed would make a harmless failure look like an unknown fate.
      reset: true,
      headersTimeout: input.timeoutMs,
      bodyTimeout: input.timeoutMs,
      signal: AbortSignal.timeout(input.timeoutMs),
    });
    return { status: response.statusCode, headers: response.headers, body: await readLimited(response.body) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #resolve(hostname: string): Promise<string> {
    const bare = hostname.replace(/^\[|\]$/g, '');
    const addresses = await withTimeout(lookup(bare, { all: true, verbatim: true }));
    const blocked = addresses.find(({ address }) => !this.#rules.allows(bare, address));
    const [first] = addresses;
    if (first === undefined || blocked !== undefined) throw new EgressBlocked('The address is not public');
    return first.address;
  }
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('DNS'), { code: 'EAI_AGAIN' })), DNS_TIMEOUT_MS);
  });
  return Promise.race([promise, expired]).finally(() => clearTimeout(timer));
}

async function readLimited(body: AsyncIterable<Buffer> & { destroy: () => void }): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_RESPONSE) {
      body.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE).toString('utf8');
}
