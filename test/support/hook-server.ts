import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export type HookCall = {
  readonly id: string;
  readonly signature: string;
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
  /** Whether it bears the signature of this secret. */
  isSignedWith(secret: string): boolean;
};

/** Something that is told of events, and answers as it is told to. */
export class HookServer {
  /** Every request, in order. */
  readonly calls: HookCall[] = [];
  readonly #answers: (number | 'cut')[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((raw) => {
        const header = (name: string): string => String(request.headers[name] ?? '');
        const headers = Object.fromEntries(
          ['id', 'timestamp', 'signature'].map((n) => [`webhook-${n}`, header(`webhook-${n}`)]),
        );
        this.calls.push({
          id: header('webhook-id'),
          signature: header('webhook-signature'),
          body: JSON.parse(raw) as HookCall['body'],
          isSignedWith(secret) {
            try {
              return new Webhook(secret).verify(raw, headers) !== undefined;
            } catch {
              return false;
            }
          },
        });
        const answer = this.#answers.shift() ?? 200;
        if (answer === 'cut') request.socket.destroy();
        else response.writeHead(answer).end();
      });
    });
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
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/atende?token=abc`;
  }

  /** How the next requests are answered, one after the other; afterwards with 200. */
  script(...answers: (number | 'cut')[]): void {
    this.#answers.push(...answers);
  }

  clear(): void {
    this.calls.length = 0;
    this.#answers.length = 0;
  }
}
