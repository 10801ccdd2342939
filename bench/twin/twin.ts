import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TwinAnswer, TwinRequest, TwinServers } from './protocol.js';

/** The twin's process, from outside. */
export class Twin {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and waits until its worker runs. */
  static async start(servers: TwinServers): Promise<Twin> {
    const path = fileURLToPath(new URL('./main.js', import.meta.url));
    const twin = new Twin(fork(path, { execArgv: [], env: { ...process.env, TZ: 'UTC', NODE_ENV: 'production' } }));
    const ready = twin.#answer();
    twin.#child.send(servers);
    await ready;
    return twin;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Lifecycles in a closed loop. */
  async run(load: { readonly seconds: number; readonly inFlight: number; readonly seed: number }): Promise<{
    readonly inTime: number;
    readonly all: number;
  }> {
    const answer = this.#answer();
    this.#child.send({ do: 'run', ...load } satisfies TwinRequest);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.send({ do: 'stop' } satisfies TwinRequest);
    await ended;
  }

  async #answer(): Promise<{ readonly inTime: number; readonly all: number }> {
    const [answer] = (await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => [{ error: 'The twin has ended' }]),
    ])) as [TwinAnswer];
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }
}
