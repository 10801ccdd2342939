import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { BootError } from '../config/index.js';
import type { Log } from '../log/index.js';
import { STOP_STEPS } from './orphans.js';
import { identityOf, stopProcess } from './processes.js';
import type { ServerName, ServerProcess } from './run-record.js';

/** How one of the servers is started and known to be ready. */
export type ServerPlan = {
  readonly name: ServerName;
  /** Starts the program in a process group of its own. */
  spawn(): ChildProcess;
  /** Resolves when it answers; rejects when the signal ends the wait. */
  ready(signal: AbortSignal): Promise<void>;
  /** How long the start may take (ms); crash recovery is part of it. */
  readonly readyWithinMs: number;
  /** What its log says last, for a message. */
  lastWords(): string;
};

export type Supervision = {
  readonly log: Log;
  /** Called when the server has a new process or none, so that others can find it. */
  readonly onChange: (name: ServerName, running: ServerProcess | undefined) => void;
  /** Called once, when the server cannot be kept running. */
  readonly onFatal: (error: BootError) => void;
  /** Waits (ms) before each of the restarts a minute may have. Default: five, growing from 0.1 s to 4 s. */
  readonly restartDelaysMs?: readonly number[];
};

const RESTART_WINDOW_MS = 60_000;

/** What is waited before each restart within a minute; a server that dies once more is given up. */
const RESTART_DELAYS_MS: readonly number[] = [100, 500, 1_000, 2_000, 4_000];

/** A server that is started again when it dies unasked, and given up when it keeps dying. */
export class SupervisedServer {
  readonly #plan: ServerPlan;
  readonly #supervision: Supervision;
  readonly #stopping = new AbortController();
  #process: ServerProcess | undefined;
  #restarts: readonly number[] = [];

  /** @throws whatever made the first start fail */
  static async start(plan: ServerPlan, supervision: Supervision): Promise<SupervisedServer> {
    const server = new SupervisedServer(plan, supervision);
    try {
      await server.#launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor(plan: ServerPlan, supervision: Supervision) {
    this.#plan = plan;
    this.#supervision = supervision;
  }

  get name(): ServerName {
    return this.#plan.name;
  }

  /** Stops it in order; it is not started again. Resolves when the process is gone, in less than six seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopping'));
    const running = this.#process;
    if (running !== undefined) await stopProcess(running, STOP_STEPS[this.#plan.name]);
  }

  async #launch(): Promise<void> {
    const { name, readyWithinMs } = this.#plan;
    const child = this.#plan.spawn();
    const exit = new Promise<never>((_resolve, reject) => {
      child.once('error', (error) => reject(error));
      child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${signal ?? `code ${code}`}`)));
    });
    exit.catch(() => undefined);
    this.#note(child.pid);
    let ready = false;
    child.once('exit', (code, signal) => {
      this.#note(undefined);
      if (ready) this.#diedUnasked(signal ?? `code ${code}`);
    });
    const limit = AbortSignal.timeout(readyWithinMs);
    const ended = new AbortController();
    try {
      await Promise.race([exit, this.#plan.ready(AbortSignal.any([limit, ended.signal, this.#stopping.signal]))]);
      ready = true;
    } finally {
      ended.abort(new Error('over'));
      if (!ready && this.#process !== undefined) await stopProcess(this.#process, STOP_STEPS[name]);
    }
  }

  #note(pid: number | undefined): void {
    const identity = pid === undefined ? undefined : identityOf(pid);
    this.#process = pid === undefined || identity === undefined ? undefined : { name: this.#plan.name, pid, identity };
    this.#supervision.onChange(this.#plan.name, this.#process);
  }

  #diedUnasked(how: string): void {
    if (this.#stopping.signal.aborted) return;
    this.#supervision.log.error({ server: this.#plan.name, how }, 'server died, starting it again');
    this.#restart().catch((error: unknown) => this.#supervision.log.error({ err: error }, 'restart failed'));
  }

  async #restart(): Promise<void> {
    const { log, onFatal, restartDelaysMs = RESTART_DELAYS_MS } = this.#supervision;
    for (;;) {
      const now = Date.now();
      this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now];
      const delay = restartDelaysMs[this.#restarts.length - 1];
      if (delay === undefined) return onFatal(this.#givenUp());
      await sleep(delay);
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#launch();
        log.info({ server: this.#plan.name, pid: this.#process?.pid }, 'server is back');
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        log.error({ server: this.#plan.name, err: error }, 'server did not come back');
      }
    }
  }

  #givenUp(): BootError {
    const { name } = this.#plan;
    return new BootError({
      variable: name === 'postgres' ? 'DATABASE_URL' : 'TEMPORAL_ADDRESS',
      message: `the embedded ${name} died ${this.#restarts.length} times within a minute, last: ${this.#plan.lastWords()}`,
      remedy: `read logs/${name}.log under ATENDE_HOME`,
    });
  }
}
