import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Api } from './api.js';
import { projectFolder } from './project.js';

/** What `demo.json` holds. */
export type DemoFile = {
  readonly baseUrl: string;
  readonly tenantId: string;
  readonly keys: Readonly<
    Record<'admin' | 'ops' | 'supervisor' | 'agent' | 'agent2' | 'auditor' | 'privacyOfficer', string>
  >;
  readonly shop: { readonly id: string; readonly key: string; readonly webhookSecret: string };
  readonly other: {
    readonly tenantId: string;
    readonly keys: Readonly<Record<'admin' | 'agent', string>>;
    readonly shop: object;
  };
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const READY_WITHIN_MS = 60_000;

/** A home of its own, as `mktemp -d` makes it; removed by the caller of {@link removeHome}. */
export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'atende-e2e-'));
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** Only what a program needs from outside; the caller's own settings must not decide what is tested. */
function baseEnvironment(): Record<string, string> {
  const passed = ['PATH', 'HOME', 'USER', 'LANG', 'ATENDE_CACHE'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(passed);
}

/** The product as its user starts it: a process of its own, seen from outside. */
export class Product {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<Exit>;
  readonly startedAt = Date.now();

  private constructor(
    readonly home: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#child = spawn(process.execPath, [join(projectFolder, 'scripts', 'start.mjs')], {
      cwd: projectFolder,
      // Tests ask more often than people do.
      env: {
        ...baseEnvironment(),
        ATENDE_HOME: home,
        PORT: '0',
        ATENDE_RATE_REQUESTS_PER_KEY: '1000000',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = '';
      stream?.on('data', (chunk: Buffer) => {
        const parts = (rest + chunk.toString('utf8')).split('\n');
        rest = parts.pop() ?? '';
        this.lines.push(...parts);
      });
    }
    this.#exited = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Starts it and does not wait. */
  static spawn(home: string, environment: Readonly<Record<string, string>> = {}): Product {
    return new Product(home, environment);
  }

  /** Starts it and waits until it says that it is ready; fails with its words when it ends before. */
  static async start(home: string, environment: Readonly<Record<string, string>> = {}): Promise<Product> {
    const product = new Product(home, environment);
    await product.ready();
    return product;
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('It could not be started');
    return pid;
  }

  /** Waits for the line that says it is ready. */
  async ready(withinMs = READY_WITHIN_MS): Promise<void> {
    const until = Date.now() + withinMs;
    while (!this.lines.some((line) => line.startsWith('atende: ready'))) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`It ended: ${this.lines.join('\n')}`);
      if (Date.now() > until) throw new Error(`Not ready after ${withinMs} ms: ${this.lines.join('\n')}`);
      await sleep(20);
    }
  }

  /** Waits for its end. */
  async exit(withinMs = 30_000): Promise<Exit> {
    const late = sleep(withinMs, null, { ref: false }).then(() => null);
    const exit = await Promise.race([this.#exited, late]);
    if (exit === null) throw new Error(`Still running after ${withinMs} ms: ${this.lines.join('\n')}`);
    return exit;
  }

  /** Sends a signal and waits for the end; the ms that took. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', withinMs = 20_000): Promise<Exit & { readonly tookMs: number }> {
    const began = Date.now();
    this.#child.kill(signal);
    const exit = await this.exit(withinMs);
    return { ...exit, tookMs: Date.now() - began };
  }

  /** Ends it however it stands, with everything it started; for clean-up. */
  async destroy(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.stop('SIGTERM', 20_000).catch(() => this.#child.kill('SIGKILL'));
    }
    for (const { pid } of this.servers()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }

  /** What it wrote for newcomers. */
  get demo(): DemoFile {
    return JSON.parse(readFileSync(join(this.home, 'demo.json'), 'utf8')) as DemoFile;
  }

  /** A client with one of the demo keys, or none. */
  as(member: keyof DemoFile['keys'] | null): Api {
    const { baseUrl, keys } = this.demo;
    return new Api(baseUrl, member === null ? null : keys[member]);
  }

  /** Delivers a buyer message, signed, and returns the inquiry's id. */
  async send(text: string, buyer: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { baseUrl, shop } = this.demo;
    const body = JSON.stringify({
      type: 'message.received',
      data: {
        messageId: `m-${buyer}-${Date.now()}`,
        conversationId: `c-${buyer}`,
        sentAt: new Date().toISOString(),
        buyer: { id: buyer },
        text,
        ...more,
      },
    });
    return deliver(`${baseUrl}/channels/webhook/${shop.id}`, shop.webhookSecret, body);
  }

  /** The servers it noted for itself: PostgreSQL and Temporal. */
  servers(): readonly { readonly name: string; readonly pid: number }[] {
    try {
      const { servers } = JSON.parse(readFileSync(join(this.home, 'run.json'), 'utf8')) as {
        servers: { name: string; pid: number }[];
      };
      return servers;
    } catch {
      return [];
    }
  }

  serverPid(name: 'postgres' | 'temporal'): number {
    const server = this.servers().find((one) => one.name === name);
    if (server === undefined) throw new Error(`${name} does not run`);
    return server.pid;
  }
}

/** Headers of a signed delivery. */
export function webhookHeaders(secret: string, body: string): Record<string, string> {
  const [id, at] = [`w-${Math.random().toString(16).slice(2)}`, new Date()];
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Signs and delivers a body; the inquiry's id. */
export async function deliver(url: string, secret: string, body: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', body, headers: webhookHeaders(secret, body) });
  if (response.status !== 202) throw new Error(`Refused: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { inquiryId: string }).inquiryId;
}

/** Whether a process lives; one that has ended and was not reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A process and everything it started, however deep; servers in groups of their own included. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (let index = 0; index < tree.length; index += 1) tree.push(...(children.get(tree[index] ?? 0) ?? []));
  return tree;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Memory of processes in MB, what they share counted once (proportional set size). */
export function proportionalMemoryMb(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1_024;
}
