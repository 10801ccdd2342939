import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { LocalServer } from './local-server.js';

export type HookCall = {
  readonly id: string;
  readonly signature: string;
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
  /** Whether it bears the signature of this secret. */
  isSignedWith(secret: string): boolean;
};

/** Something that is told of events, and answers as it is told to. */
export class HookServer extends LocalServer {
  /** Every request, in order. */
  readonly calls: HookCall[] = [];
  readonly #answers: (number | 'cut')[] = [];

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
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
  }

  get url(): string {
    return `${this.origin}/atende?token=abc`;
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
