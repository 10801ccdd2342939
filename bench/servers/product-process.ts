import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 30_000;

/** A quota that no load reaches: what is measured is the work, not the limit. */
const UNLIMITED = { ATENDE_RATE_REQUESTS_PER_KEY: '10000000', ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS: '10000000' };

/** The product as `npm start` starts it, in a process of its own. */
export class ProductProcess {
  readonly #child: ChildProcess;
  #words = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#words = `${this.#words}${chunk.toString('utf8')}`.slice(-20_000)));
    }
  }

  /** Starts it and waits until it says that it is ready. */
  static async start(
    home: string,
    environment: Readonly<Record<string, string>>,
    nodeArguments: readonly string[],
  ): Promise<ProductProcess> {
    const { PATH = '', HOME = '', ATENDE_CACHE } = process.env;
    const cache = ATENDE_CACHE === undefined ? {} : { ATENDE_CACHE };
    const child = spawn(process.execPath, [...nodeArguments, 'scripts/start.mjs'], {
      env: { PATH, HOME, ...cache, ATENDE_HOME: home, PORT: '0', ...UNLIMITED, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const product = new ProductProcess(child);
    await product.#ready();
    return product;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The address it said it listens on. */
  get baseUrl(): string {
    return /ready at (http:\S+)/.exec(this.#words)?.[1] ?? '';
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await Promise.race([ended, sleep(STOPPED_WITHIN_MS, null, { ref: false })]);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      throw new Error('The product did not end in time');
    }
  }

  async #ready(): Promise<void> {
    const until = Date.now() + READY_WITHIN_MS;
    while (!this.#words.includes('atende: ready')) {
      if (this.#child.exitCode !== null) throw new Error(`The product ended: ${this.#words}`);
      if (Date.now() > until) throw new Error(`The product is not ready: ${this.#words}`);
      await sleep(50);
    }
  }
}
