import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { EgressRules, MAIL_PORTS } from './address.js';
import type { Endpoint } from './address.js';
import { checkedAddresses, guardedConnector, systemResolve } from './connect.js';
import type { Resolve } from './connect.js';
import { EgressBlocked, NotConnected, nothingSent } from './errors.js';

export type EgressRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The whole exchange, in ms: waiting for a connection, sending, and reading the last byte of the answer. */
  readonly timeoutMs: number;
  /** How much of the answer is read at most, in bytes; 64 KiB unless given. */
  readonly maxBytes?: number;
};

export type EgressResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most as many bytes as were asked for; the rest is not read. */
  readonly bytes: Buffer;
  /** The same as text (UTF-8). */
  readonly body: string;
  /** False when the body was too long, came too slowly or was cut off: what is missing may be what matters. */
  readonly complete: boolean;
};

const MAX_RESPONSE = 64 * 1024;

/** Connections to one origin at once; more requests wait, within their own time. */
const CONNECTIONS = 32;

/**
 * HTTP to addresses that tenants choose. Names are resolved and checked when the connection is opened, and the connection
 * goes to the checked address; redirects are never followed.
 */
export class Egress {
  readonly #agent: Agent;
  readonly #rules: EgressRules;

  /**
   * @param allowed what may be reached although it is not public; see `EgressRules`
   * @param resolve how names are resolved; the system's resolver unless given
   */
  constructor(
    allowed: readonly string[],
    private readonly resolve: Resolve = systemResolve,
  ) {
    this.#rules = new EgressRules(allowed);
    const connect = guardedConnector(this.#rules, resolve);
    this.#agent = new Agent({ connect, connections: CONNECTIONS });
  }

  /**
   * Sends one request.
   *
   * @throws when no answer came, whatever the reason; `nothingSent` tells whether the other side may have got it
   */
  async request(input: EgressRequest): Promise<EgressResponse> {
    const url = permitted(input.url);
    const body = input.body === undefined ? null : new WatchedBody(input.body);
    try {
      const response = await request(url, {
        dispatcher: this.#agent,
        method: input.method,
        headers: { ...input.headers, ...(body === null ? {} : { 'content-length': String(body.length) }) },
        body: body?.stream ?? null,
        // A kept connection that the other side has just closed would make a harmless failure look like an unknown fate.
        reset: true,
        headersTimeout: input.timeoutMs,
        bodyTimeout: input.timeoutMs,
        signal: AbortSignal.timeout(input.timeoutMs),
      });
      const { bytes, complete } = await readLimited(response.body, input.maxBytes ?? MAX_RESPONSE);
      return {
        status: response.statusCode,
        headers: response.headers,
        bytes,
        // Made only when asked for: a file is no text.
        get body() {
          return bytes.toString('utf8');
        },
        complete,
      };
    } catch (error) {
      throw body !== null && !body.begun && !nothingSent(error) ? new NotConnected(error) : error;
    }
  }

  /**
   * The addresses behind a mail server's name, for whoever opens the connection: to one of them, and not to the name, which could
   * change its mind.
   *
   * @throws NotConnected without an address, EgressBlocked for one that may not be reached
   */
  async mailAddresses(to: Omit<Endpoint, 'address'>): Promise<readonly string[]> {
    try {
      return await checkedAddresses(this.#rules, this.resolve, to, MAIL_PORTS);
    } catch (error) {
      throw error instanceof EgressBlocked ? error : new NotConnected(error);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** A URL that may be asked at all; where it leads is checked when the connection is opened. */
function permitted(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new EgressBlocked('Not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new EgressBlocked('Not a URL of the web');
  if (url.username !== '' || url.password !== '') throw new EgressBlocked('A URL with a user name');
  return url;
}

/** A request body that knows whether any of it has been taken to be sent. */
class WatchedBody {
  readonly stream: Readable;
  readonly length: number;
  begun = false;

  constructor(body: string | Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
    this.length = bytes.length;
    this.stream = new Readable({
      read: () => {
        this.begun = true;
        this.stream.push(bytes);
        this.stream.push(null);
      },
    });
  }
}

/** Reads a body as far as it comes: an answer's status counts even when the rest of it never arrives. */
async function readLimited(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let complete = true;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      // Leaving the loop destroys the stream and its connection, which nobody will use again.
      if (size > maxBytes) break;
    }
    complete = size <= maxBytes;
  } catch {
    complete = false;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), complete };
}

/** `Retry-After` of an answer in ms: seconds or an HTTP date (RFC 9110, 10.2.3); null when it says nothing. */
export function retryAfterMs(response: EgressResponse): number | null {
  const value = response.headers['retry-after'];
  if (typeof value !== 'string') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
