import { randomUUID } from 'node:crypto';

/** An answer of the API with its body parsed. */
export type ApiAnswer = {
  readonly status: number;
  // Tests look into bodies of many shapes; the schemas are checked by the contract tests.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
};

type Options = { readonly headers?: Readonly<Record<string, string>>; readonly idempotencyKey?: string | null };

/** A plain HTTP client of the API with one key. */
export class Api {
  constructor(
    readonly baseUrl: string,
    readonly key: string | null,
  ) {}

  get(path: string, options: Options = {}): Promise<ApiAnswer> {
    return this.#call('GET', path, undefined, options.headers ?? {});
  }

  /** Sends a fresh `Idempotency-Key` unless one is given; `null` sends none. */
  post(path: string, body?: unknown, options: Options = {}): Promise<ApiAnswer> {
    const key = options.idempotencyKey === undefined ? randomUUID() : options.idempotencyKey;
    return this.#call('POST', path, body, { ...(key === null ? {} : { 'idempotency-key': key }), ...options.headers });
  }

  put(path: string, body?: unknown, options: Options = {}): Promise<ApiAnswer> {
    return this.#call('PUT', path, body, options.headers ?? {});
  }

  patch(path: string, body?: unknown, options: Options = {}): Promise<ApiAnswer> {
    return this.#call('PATCH', path, body, options.headers ?? {});
  }

  delete(path: string, options: Options = {}): Promise<ApiAnswer> {
    return this.#call('DELETE', path, undefined, options.headers ?? {});
  }

  async #call(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      headers: response.headers,
    };
  }
}
