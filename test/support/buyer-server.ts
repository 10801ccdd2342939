import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { LocalServer } from './local-server.js';

type Status = 'available' | 'accepted' | 'rejected';

/** A receipt the server reports about a message it took: before it answers, or after. */
export type Report = {
  readonly status: 'available' | 'rejected' | 'bounced';
  readonly by: 'intentId' | 'externalId';
  readonly when: 'before' | 'after';
  readonly times: number;
};

/** What the server does with the next send. */
export type SendScript =
  | {
      readonly do: 'take';
      readonly status?: Status;
      readonly reason?: string;
      readonly report?: Report;
    }
  /** Takes the message and lets the caller wait for ever. */
  | { readonly do: 'take_and_hang'; readonly report?: Report }
  /** Takes the message and cuts the connection. */
  | { readonly do: 'take_and_cut'; readonly report?: Report }
  /** Takes the message and answers this status. */
  | { readonly do: 'take_and_answer'; readonly http: number }
  /** Takes the message and answers drop by drop, for ever. */
  | { readonly do: 'take_and_drip'; readonly what: 'headers' | 'body' }
  /** Takes the message and answers with more than anybody wants to read. */
  | { readonly do: 'take_and_flood' }
  /** Takes the message and answers 200 with these bytes. */
  | { readonly do: 'take_and_say'; readonly body: string; readonly contentType: string }
  /** Cuts the connection and takes the message a little later all the same. */
  | { readonly do: 'cut_and_take'; readonly afterMs: number }
  /** Cuts the connection without having taken anything. */
  | { readonly do: 'cut' }
  | { readonly do: 'refuse'; readonly http: number; readonly headers?: Readonly<Record<string, string>> };

/** How a read ends: with the truth, a server error, a cut connection, or a page that says 200 to anything. */
export type ReadScript = 'answer' | 'fail' | 'cut' | 'page';

export type TakenMessage = {
  readonly intentId: string;
  readonly externalId: string;
  readonly data: Record<string, unknown>;
  status: string;
};

type Plan = { readonly sends: SendScript[]; readonly reads: ReadScript[] };

/** Larger than any answer is read. */
const FLOOD = 'x'.repeat(1_000_000);
const DRIP_MS = 100;

/** A buyer's side that speaks the webhook channel's protocol and can be told to misbehave. */
export class BuyerServer extends LocalServer {
  /** Every message taken, in order; taking one twice shows here. */
  readonly taken: TakenMessage[] = [];
  /** Every request, in order: method and intent. */
  readonly requests: { readonly method: string; readonly intentId: string; readonly at: number }[] = [];
  readonly unsigned: string[] = [];
  /** How receipts reach us: the channel's own deliveries. Set by tests that script reports. */
  deliver: (event: unknown) => Promise<unknown> = () => Promise.resolve();
  /** What happens to a send that no script is about. */
  habit: () => SendScript = () => ({ do: 'take' });
  readonly #everybody: Plan = { sends: [], reads: [] };
  readonly #plans = new Map<string, Plan>();
  readonly #buyers = new Map<string, string>();
  readonly #secret: string;

  constructor(secret: string) {
    super();
    this.#secret = secret;
  }

  get url(): string {
    return `${this.origin}/buyer`;
  }

  /** What happens to the next sends, one after the other; afterwards everything is taken. */
  script(...steps: SendScript[]): void {
    this.#everybody.sends.push(...steps);
  }

  /** What happens to the next sends and reads of one buyer's messages, whatever happens to the others. */
  scriptFor(buyerId: string, sends: readonly SendScript[], reads: readonly ReadScript[]): void {
    this.#plans.set(buyerId, { sends: [...sends], reads: [...reads] });
  }

  /** What the channel has decided about a message it took, as reads tell from now on. */
  decide(intentId: string, status: string): void {
    for (const message of this.taken) if (message.intentId === intentId) message.status = status;
  }

  #planOf(buyerId: string): Plan {
    return this.#plans.get(buyerId) ?? this.#everybody;
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const body = await text(request).catch(() => null);
    if (body === null) return;
    if (!this.#isSigned(request, body)) {
      this.unsigned.push(`${request.method ?? ''} ${request.url ?? ''}`);
      return void response.writeHead(401).end();
    }
    if (request.method === 'GET') return this.#read(request, response);
    const data = (JSON.parse(body) as { data: Record<string, unknown> }).data;
    const intentId = String(data['intentId']);
    this.#buyers.set(intentId, String(data['buyerId']));
    this.requests.push({ method: 'POST', intentId, at: Date.now() });
    const step = this.#planOf(String(data['buyerId'])).sends.shift() ?? this.habit();
    await this.#send(step, intentId, data, request, response);
  }

  async #send(
    step: SendScript,
    intentId: string,
    data: Record<string, unknown>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (step.do === 'refuse') return void response.writeHead(step.http, step.headers).end();
    if (step.do === 'cut') return void request.socket.resetAndDestroy();
    if (step.do === 'cut_and_take') {
      request.socket.resetAndDestroy();
      return void setTimeout(() => this.#take(intentId, data, 'available'), step.afterMs);
    }
    const status = step.do === 'take' ? (step.status ?? 'available') : 'available';
    const { externalId } = this.#take(intentId, data, status);
    const report = 'report' in step ? step.report : undefined;
    if (report?.when === 'before') await this.#report(report, intentId, externalId);
    answerTaken(step, { externalId, status }, request, response);
    if (report?.when === 'after') await this.#report(report, intentId, externalId);
  }

  #take(intentId: string, data: Record<string, unknown>, status: string): TakenMessage {
    const message = { intentId, externalId: `x-${this.taken.length + 1}-${intentId.slice(0, 8)}`, data, status };
    this.taken.push(message);
    return message;
  }

  async #report(report: Report, intentId: string, externalId: string): Promise<void> {
    this.decide(intentId, report.status);
    const { status, by, times } = report;
    const data = { [by]: by === 'intentId' ? intentId : externalId, status };
    for (let told = 0; told < times; told += 1) await this.deliver({ type: 'message.status', data });
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    const intentId = new URL(request.url ?? '', 'http://x').searchParams.get('intentId') ?? '';
    this.requests.push({ method: 'GET', intentId, at: Date.now() });
    const how = this.#planOf(this.#buyers.get(intentId) ?? '').reads.shift() ?? 'answer';
    if (how === 'fail') return void response.writeHead(500).end();
    if (how === 'cut') return void request.socket.resetAndDestroy();
    if (how === 'page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>');
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

/** How the server answers a send it has taken, well or badly. */
function answerTaken(
  step: Exclude<SendScript, { do: 'refuse' | 'cut' | 'cut_and_take' }>,
  taken: { readonly externalId: string; readonly status: string },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (step.do) {
    case 'take_and_hang':
      return;
    case 'take_and_cut':
      return void request.socket.resetAndDestroy();
    case 'take_and_answer':
      return void response.writeHead(step.http).end();
    case 'take_and_drip':
      return drip(step.what, request, response);
    case 'take_and_flood':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(FLOOD));
    case 'take_and_say':
      return void response.writeHead(200, { 'content-type': step.contentType }).end(step.body);
    case 'take': {
      const reason = step.reason === undefined ? {} : { reason: step.reason };
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ ...taken, ...reason }));
    }
  }
}

function drip(what: 'headers' | 'body', request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (what === 'headers') socket.write('HTTP/1.1 200 OK\r\n');
  else response.writeHead(200, { 'content-type': 'application/json' });
  const drops = setInterval(() => (what === 'headers' ? socket.write('x-drop: 1\r\n') : response.write(' ')), DRIP_MS);
  socket.on('close', () => clearInterval(drops)).on('error', () => undefined);
}
