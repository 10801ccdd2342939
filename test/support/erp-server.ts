import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { LocalServer } from './local-server.js';

/** What the server does with the next order. */
export type ErpScript =
  | { readonly do: 'carry_out' }
  /** Carries it out and answers late, this many ms. */
  | { readonly do: 'carry_out_slowly'; readonly afterMs: number }
  /** Carries it out and lets the caller wait for ever, cuts the connection, or answers drop by drop. */
  | { readonly do: 'carry_out_and_hang' | 'carry_out_and_cut' | 'carry_out_and_drip' }
  /** Carries it out and answers this. */
  | { readonly do: 'carry_out_and_answer'; readonly http: number; readonly body?: string }
  /** Cuts the connection without having done anything. */
  | { readonly do: 'cut' }
  | {
      readonly do: 'refuse';
      readonly http: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

type Order = {
  readonly key: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly secret: string;
};

const DRIP_MS = 100;

/**
 * An ERP that refunds, as badly as it is told to. It counts what it was asked for by `Idempotency-Key`, and what it has done;
 * it does not look at the key, as too many do not.
 */
export class ErpServer extends LocalServer {
  /** Every order that arrived, in order. */
  readonly asked: Order[] = [];
  /** Every refund carried out, in order. */
  readonly done: Order[] = [];
  /** Keys of the questions whether a refund was carried out. */
  readonly checked: string[] = [];
  /** How the next questions are answered; afterwards with the truth. */
  readonly checks: number[] = [];
  readonly #scripts: ErpScript[] = [];

  get url(): string {
    return `${this.origin}/api`;
  }

  /** What happens to the next orders, one after the other; afterwards everything is carried out. */
  script(...steps: ErpScript[]): void {
    this.#scripts.push(...steps);
  }

  /** Forgets everything. */
  clear(): void {
    for (const list of [this.asked, this.done, this.checked, this.checks, this.#scripts]) list.length = 0;
  }

  /** A connection to it, as `POST /v1/connections` takes it. */
  connection(changes: object = {}): object {
    return {
      key: 'erp',
      name: 'ERP',
      baseUrl: this.url,
      auth: { header: 'X-Api-Key' },
      secret: 'erp-secret',
      requestTimeout: '1s',
      settleTime: '0s',
      operations: {
        refund: { method: 'POST', path: '/refunds', returns: { refundId: 'body.id' }, code: 'body.error.code' },
        ship: { method: 'POST', path: '/orders/{order}/shipments' },
        'find-refund': { method: 'GET', path: '/refunds/{idempotencyKey}', returns: { refundId: 'body.id' } },
      },
      ...changes,
    };
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const body = await text(request).catch(() => null);
    if (body === null) return;
    const key = String(request.headers['idempotency-key']);
    const path = request.url ?? '';
    if (request.method === 'GET') return this.#find(key, path, response);
    const secret = String(request.headers['x-api-key']);
    const order: Order = { key, path, body: JSON.parse(body) as Record<string, unknown>, secret };
    this.asked.push(order);
    this.#carryOut(this.#scripts.shift() ?? { do: 'carry_out' }, order, request, response);
  }

  #carryOut(step: ErpScript, order: Order, request: IncomingMessage, response: ServerResponse): void {
    if (step.do === 'refuse') {
      response.writeHead(step.http, { 'content-type': 'application/json', ...step.headers });
      return void response.end(JSON.stringify(step.body ?? {}));
    }
    if (step.do === 'cut') return void request.socket.resetAndDestroy();
    this.done.push(order);
    const answer = JSON.stringify({ id: `r-${this.done.length}`, note: 'café' });
    switch (step.do) {
      case 'carry_out':
        return void response.writeHead(201, { 'content-type': 'application/json' }).end(answer);
      case 'carry_out_slowly':
        return void setTimeout(() => response.writeHead(201).end(answer), step.afterMs);
      case 'carry_out_and_hang':
        return;
      case 'carry_out_and_cut':
        return void request.socket.resetAndDestroy();
      case 'carry_out_and_answer':
        return void response.writeHead(step.http).end(step.body ?? '');
      case 'carry_out_and_drip': {
        response.writeHead(201, { 'content-type': 'application/json' });
        const drops = setInterval(() => response.write(' '), DRIP_MS);
        request.socket.on('close', () => clearInterval(drops)).on('error', () => undefined);
      }
    }
  }

  #find(key: string, path: string, response: ServerResponse): void {
    this.checked.push(key);
    const status = this.checks.shift();
    if (status !== undefined) return void response.writeHead(status).end();
    const index = this.done.findIndex((order) => path.endsWith(`/${order.key}`));
    if (index === -1) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `r-${index + 1}` }));
  }
}
