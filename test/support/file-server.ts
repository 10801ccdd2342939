import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a channel keeps files; each address answers as it is told to. */
export class FileServer {
  /** Requests by path. */
  readonly asked = new Map<string, number>();
  readonly #answers = new Map<string, (response: ServerResponse) => void>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer(({ url = '' }, response) => {
      this.asked.set(url, (this.asked.get(url) ?? 0) + 1);
      const answer = this.#answers.get(url);
      if (answer === undefined) response.writeHead(404).end();
      else answer(response);
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

  /** Serves a file, or answers in another way; its address. */
  serve(path: string, answer: Uint8Array | ((response: ServerResponse) => void)): string {
    this.#answers.set(path, typeof answer === 'function' ? answer : (response) => response.end(answer));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }
}
