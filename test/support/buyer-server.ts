import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What the server does with the next send. */
export type SendScript =
  | { readonly do: 'take'; readonly status?: 'available' | 'accepted' | 'rejected'; readonly reason?: string }
  /** Takes the message and lets the caller wait for ever. */
  | { readonly do: 'take_and_hang' }
  /** Takes the message and cuts the connection. */
  | { readonly do: 'take_and_cut' }
  /** Takes the message and answers this status. */
  | { readonly do: 'take_and_answer'; readonly http: number }
  | { readonly do: 'refuse'; readonly http: number; readonly headers?: Readonly<Record<string, string>> };

export type TakenMessage = {
  readonly intentId: string;
  readonly externalId: string;
  readonly data: Record<string, unknown>;
  status: string;
};

/** A buyer's side that speaks the webhook channel's protocol and can be told to misbehave. */
export class BuyerServer {
  /** Every message taken, in order; taking one twice shows here. */
  readonly taken: TakenMessage[] = [];
  /** Every request, in order: method and intent. */
  readonly requests: { readonly method: string; readonly intentId: string; readonly at: number }[] = [];
  readonly unsigned: string[] = [];
  readonly #script: SendScript[] = [];
  readonly #reads: ('answer' | 'fail')[] = [];
  readonly #secret: string;
  readonly #server: Server;

  constructor(secret: string) {
    this.#secret = secret;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/buyer`;
  }

  /** What happens to the next sends, one after the other; afterwards everything is taken. */
  script(...steps: SendScript[]): void {
    this.#script.push(...steps);
  }

  /** How the next reads end; afterwards they are answered. */
  scriptReads(...ends: ('answer' | 'fail')[]): void {
    this.#reads.push(...ends);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (!this.#isSigned(request, body)) {
      this.unsigned.push(`${request.method ?? ''} ${request.url ?? ''}`);
      return void response.writeHead(401).end();
    }
    if (request.method === 'GET') return this.#read(request, response);
    const data = (JSON.parse(body) as { data: Record<string, unknown> }).data;
    const intentId = String(data['intentId']);
    this.requests.push({ method: 'POST', intentId, at: Date.now() });
    this.#send(this.#script.shift() ?? { do: 'take' }, intentId, data, request, response);
  }

  #send(
    step: SendScript,
    intentId: string,
    data: Record<string, unknown>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (step.do === 'refuse') return void response.writeHead(step.http, step.headers).end();
    const externalId = `x-${this.taken.length + 1}-${intentId.slice(0, 8)}`;
    const status = step.do === 'take' ? (step.status ?? 'available') : 'available';
    this.taken.push({ intentId, externalId, data, status });
    if (step.do === 'take_and_hang') return;
    if (step.do === 'take_and_cut') return void request.socket.destroy();
    if (step.do === 'take_and_answer') return void response.writeHead(step.http).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ externalId, status, ...(step.reason === undefined ? {} : { reason: step.reason }) }));
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    const intentId = new URL(request.url ?? '', 'http://x').searchParams.get('intentId') ?? '';
    this.requests.push({ method: 'GET', intentId, at: Date.now() });
    if (this.#reads.shift() === 'fail') return void response.writeHead(500).end();
    const known = this.taken.find((message) => message.intentId === intentId);
    if (!known) return void response.writeHead(404).end();
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ externalId: known.externalId, status: known.status }));
  }

  #isSigned(request: IncomingMessage, body: string): boolean {
    try {
      new Webhook(this.#secret).verify(body, request.headers as Record<string, string>, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
