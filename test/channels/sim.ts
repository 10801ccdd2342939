import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A platform's local server in a process of its own, told over `/sim/…` what to do. */
export class Sim {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts the server of `test/channels/<channel>`; it ends with this process, however that ends. */
  static async start(channel: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Sim> {
    // From the folder everything is started in: the benchmark has this file in another place.
    const server = join('test', 'channels', channel, 'server.mjs');
    const child = spawn(process.execPath, [server, '--settings', JSON.stringify(settings)], {
      env: { ...process.env, NODE_OPTIONS: '', ATENDE_SIM_PARENT: String(process.pid) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString('utf8'))?.[0];
    if (url === undefined) throw new Error(`The server of ${channel} did not start: ${line.toString('utf8')}`);
    return new Sim(url, child);
  }

  /** Tells the platform to do something; its answer. */
  async act<T = Record<string, unknown>>(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/sim/${name}`, { method: 'POST', body: JSON.stringify(given) });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** What the platform has. */
  async state<T>(): Promise<T> {
    return (await (await fetch(`${this.url}/sim/state`)).json()) as T;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
