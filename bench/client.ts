import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { DemoFile } from './servers/installation.js';

type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

const SOCKETS = 128;

/** How often a message is delivered that is answered with 503, and how long after each. */
const DELIVERIES = 5;
const PAUSE_MS = 1_000;

/** The product said to come again. */
class Unavailable extends Error {}

/** The API over HTTP, with keys of the demo tenant. What is not answered with success is an error: a lost step voids a run. */
export class Client {
  readonly #agent = new Agent({ connections: SOCKETS, pipelining: 1, keepAliveTimeout: 60_000 });
  readonly #demo: DemoFile;

  constructor(demo: DemoFile) {
    this.#demo = demo;
  }

  /** Delivers a message of a buyer through the signed webhook; the inquiry's id. */
  async deliver(message: Readonly<Record<string, unknown>>): Promise<string> {
    const body = JSON.stringify({ type: 'message.received', data: message });
    const id = `bench-${randomUUID()}`;
    const at = Math.floor(Date.now() / 1_000);
    const key = Buffer.from(this.#demo.shop.webhookSecret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#call('POST', `/channels/webhook/${this.#demo.shop.id}`, body, headers);
        return (answer.body as { readonly inquiryId: string }).inquiryId;
      } catch (error) {
        // A channel delivers again; the time until then counts.
        if (attempt === DELIVERIES || !(error instanceof Unavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  /** Acts as a member of the demo tenant. */
  async post(member: keyof DemoFile['keys'], path: string, body: unknown): Promise<unknown> {
    const headers = { ...this.#key(member), 'idempotency-key': randomUUID() };
    return (await this.#call('POST', path, JSON.stringify(body), headers)).body;
  }

  async get(member: keyof DemoFile['keys'], path: string): Promise<unknown> {
    return (await this.#call('GET', path, null, this.#key(member))).body;
  }

  /** Changes something whatever its version is: nobody else works here. */
  async change(
    member: keyof DemoFile['keys'],
    method: 'PUT' | 'PATCH',
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = { 'if-match': '*' },
  ): Promise<unknown> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return (await this.#call(method, path, text, { ...this.#key(member), ...headers })).body;
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  #key(member: keyof DemoFile['keys']): Record<string, string> {
    return { authorization: `Bearer ${this.#demo.keys[member]}` };
  }

  async #call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const response = await request(`${this.#demo.baseUrl}${path}`, {
      method,
      body,
      headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
      dispatcher: this.#agent,
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) {
      const problem = `${method} ${path}: ${response.statusCode} ${text.slice(0, 400)}`;
      throw response.statusCode === 503 ? new Unavailable(problem) : new Error(problem);
    }
    const isJson = /json/.test(String(response.headers['content-type'] ?? ''));
    const answered: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
    return { status: response.statusCode, body: answered, headers: response.headers };
  }
}
