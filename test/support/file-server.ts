import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalServer } from './local-server.js';

/** Where a channel keeps files; each address answers as it is told to. */
export class FileServer extends LocalServer {
  /** Requests by path. */
  readonly asked = new Map<string, number>();
  readonly #answers = new Map<string, (response: ServerResponse) => void>();

  protected handle({ url = '' }: IncomingMessage, response: ServerResponse): void {
    this.asked.set(url, (this.asked.get(url) ?? 0) + 1);
    const answer = this.#answers.get(url);
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  }

  /** Serves a file, or answers in another way; its address. */
  serve(path: string, answer: Uint8Array | ((response: ServerResponse) => void)): string {
    this.#answers.set(path, typeof answer === 'function' ? answer : (response) => response.end(answer));
    return `${this.origin}${path}`;
  }
}
