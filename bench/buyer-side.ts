import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as it arrived: when, on the clock of `performance.now()`. */
export type Arrival = { readonly author: string; readonly at: number };

type Conversation = { readonly arrived: Arrival[]; readonly waiting: ((arrival: Arrival) => void)[] };

/** The channel's end of the product: takes every message at once, and tells who waits for it. */
export class BuyerSide {
  readonly #server: Server;
  readonly #conversations = new Map<string, Conversation>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on a free port. */
  static async start(): Promise<BuyerSide> {
    const side = new BuyerSide();
    await new Promise<void>((resolve) => side.#server.listen(0, '127.0.0.1', resolve));
    return side;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/buyer`;
  }

  /** The next message of a conversation, in the order of arrival. */
  next(conversationId: string): Promise<Arrival> {
    const { arrived, waiting } = this.#of(conversationId);
    const first = arrived.shift();
    return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
  }

  /** Forgets a conversation that is over. */
  forget(conversationId: string): void {
    this.#conversations.delete(conversationId);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const at = performance.now();
    const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      readonly data: { readonly intentId: string; readonly conversationId: string; readonly author: string };
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ externalId: `x-${data.intentId}`, status: 'available' }));
    const { arrived, waiting } = this.#of(data.conversationId);
    const arrival: Arrival = { author: data.author, at };
    const next = waiting.shift();
    if (next === undefined) arrived.push(arrival);
    else next(arrival);
  }

  #of(conversationId: string): Conversation {
    const known = this.#conversations.get(conversationId);
    if (known !== undefined) return known;
    const fresh: Conversation = { arrived: [], waiting: [] };
    this.#conversations.set(conversationId, fresh);
    return fresh;
  }
}
