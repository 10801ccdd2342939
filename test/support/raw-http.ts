import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Bytes to and from a server, as no client library would send them. */
export class RawConnection {
  #text = '';
  #closed = false;
  readonly #socket: Socket;

  constructor(baseUrl: string) {
    const { hostname, port } = new URL(baseUrl);
    this.#socket = connect({ host: hostname, port: Number(port) });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => (this.#text += chunk));
    this.#socket.on('close', () => (this.#closed = true));
    // A server that cuts the connection is what these tests wait for.
    this.#socket.on('error', () => undefined);
  }

  /** What has come so far. */
  get text(): string {
    return this.#text;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Status lines of all answers so far. */
  get statuses(): number[] {
    return [...this.#text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
  }

  write(text: string): void {
    if (!this.#closed) this.#socket.write(Buffer.from(text, 'latin1'));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
