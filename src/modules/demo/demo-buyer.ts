import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A message as the demo buyer received it. */
export type DemoMessage = {
  readonly intentId: string;
  readonly externalId: string;
  readonly receivedAt: string;
  readonly data: unknown;
};

/** Messages kept; the oldest go first. */
const KEPT = 1_000;
const MAX_BODY = 1 << 20;

/**
 * The buyer's side of the demo: a real HTTP server that checks signatures, takes each intent once and can be asked about
 * it, as any channel would.
 */
export class DemoBuyer {
  readonly #messages: DemoMessage[] = [];
  readonly #secrets: readonly string[];
  #further: () => Promise<readonly string[]> = () => Promise.resolve([]);
  #server: Server | null = null;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Where shops without a `replyUrl` send; null before `start`. */
  get url(): string | null {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address ? `http://127.0.0.1:${address.port}/` : null;
  }

  /** What was received, oldest first. */
  get messages(): readonly DemoMessage[] {
    return this.#messages;
  }

  /** Also takes what is signed with these secrets: those of shops made, or changed, while the demo runs. */
  trust(secrets: () => Promise<readonly string[]>): void {
    this.#further = secrets;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!(await this.#isTrusted(request, body))) return answer(response, 401, { error: 'signature' });
    if (request.method === 'GET') return this.#find(request, response);
    const parsed = parse(body);
    const intentId = parsed?.data?.intentId;
    if (request.method !== 'POST' || typeof intentId !== 'string') return answer(response, 400, { error: 'shape' });
    const known = this.#messages.find((message) => message.intentId === intentId);
    const externalId = known?.externalId ?? `demo-${intentId}`;
    if (!known) this.#keep({ intentId, externalId, receivedAt: new Date().toISOString(), data: parsed?.data });
    answer(response, 200, { externalId, status: 'available' });
  }

  #find(request: IncomingMessage, response: ServerResponse): void {
    const intentId = new URL(request.url ?? '/', 'http://demo').searchParams.get('intentId');
    const known = this.#messages.find((message) => message.intentId === intentId);
    if (known) answer(response, 200, { externalId: known.externalId, status: 'available' });
    else answer(response, 404, { error: 'unknown' });
  }

  #keep(message: DemoMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > KEPT) this.#messages.shift();
  }

  async #isTrusted(request: IncomingMessage, body: string): Promise<boolean> {
    if (isSigned(request, body, this.#secrets)) return true;
    return isSigned(request, body, await this.#further().catch(() => []));
  }
}

function isSigned(request: IncomingMessage, body: string, secrets: readonly string[]): boolean {
  const headers = request.headers as Record<string, string>;
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): { data?: { intentId?: unknown } } | null {
  try {
    return JSON.parse(body) as { data?: { intentId?: unknown } };
  } catch {
    return null;
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
