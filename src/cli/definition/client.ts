import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, complain } from '../session.js';

/** Where commands about definitions ask, and as whom. */
export type Place = { readonly url: string; readonly key: string };

/** An answer of the API; `body` is parsed JSON, or the text of a definition. */
export type Answer = { readonly status: number; readonly etag: string | null; readonly body: unknown };

type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
type Sent = { readonly body?: string; readonly type?: string; readonly ifMatch?: string | null };

/**
 * The place that `ATENDE_URL` and `ATENDE_API_KEY` name, else the demo tenant of the program that runs on this home.
 *
 * @throws {CommandError} where there is neither
 */
export function placeOf(environment: NodeJS.ProcessEnv): Place {
  const { ATENDE_URL: url, ATENDE_API_KEY: key } = environment;
  if (url !== undefined && key !== undefined) return { url: url.replace(/\/$/, ''), key };
  if (url !== undefined || key !== undefined)
    throw new CommandError('set both ATENDE_URL and ATENDE_API_KEY, or neither');
  const file = join(environment['ATENDE_HOME'] ?? '.atende', 'demo.json');
  try {
    const demo = JSON.parse(readFileSync(file, 'utf8')) as { baseUrl: string; keys: { ops: string } };
    return { url: demo.baseUrl, key: demo.keys.ops };
  } catch {
    throw new CommandError(`set ATENDE_URL and ATENDE_API_KEY; there is no ${file} either`);
  }
}

/** The API as one of its callers; what an operator may do is decided there. */
export class Client {
  readonly #place: Place;
  readonly #root: string;

  /** @param root where the paths begin */
  constructor(place: Place, root = '/v1/definitions/') {
    this.#place = place;
    this.#root = root;
  }

  /** The same caller at another root. */
  at(root: string): Client {
    return new Client(this.#place, root);
  }

  /**
   * Asks once.
   *
   * @param path below the root
   * @throws {CommandError} when nobody answers there
   */
  async ask(method: Method, path: string, { body, type, ifMatch = null }: Sent = {}): Promise<Answer> {
    const { url, key } = this.#place;
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (method === 'POST') headers['idempotency-key'] = randomUUID();
    if (body !== undefined) headers['content-type'] = type ?? 'application/json';
    if (ifMatch !== null) headers['if-match'] = ifMatch;
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`${url}${this.#root}${path}`, request).catch(() => {
      throw new CommandError(`nobody answers at ${url}`);
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    // A definition written as JSON is its text, not what the text means.
    const isText = response.ok && method === 'GET' && /\/(draft|versions\/\d+)$/.test(path);
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: isJson && !isText && text !== '' ? JSON.parse(text) : text,
    };
  }

  /** Every item of a list, page by page. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await this.need('GET', `${path}?limit=200${after}`);
      const page = body as { readonly items: readonly Item[]; readonly nextCursor: string | null };
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  /** The same for what has to succeed. */
  async need(method: Method, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.ask(method, path, sent);
    if (answer.status >= 400) throw new CommandError(refusalText(answer));
    return answer;
  }
}

/** Runs a command against the API and sets the exit code; what goes wrong is told in one line. */
export async function withClient(work: (client: Client) => Promise<number>, root?: string): Promise<void> {
  try {
    process.exitCode = await work(new Client(placeOf(process.env), root));
  } catch (error) {
    process.exitCode = 1;
    complain(error);
  }
}

/** A problem of the API in one line, with the places it names. */
export function refusalText({ status, body }: Answer): string {
  const {
    code,
    title,
    detail,
    errors = [],
  } = (typeof body === 'object' ? body : {}) as {
    readonly code?: string;
    readonly title?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  };
  const places = errors.map((error) => `${error.pointer}: ${error.detail}`);
  return [`${code ?? status}: ${title ?? ''}`, ...(detail === undefined ? [] : [detail]), ...places].join('; ');
}
