import { Inject, Injectable } from '@nestjs/common';
import { WorkQueue } from '../../modules/work/index.js';
import { Database } from '../../platform/database/index.js';
import { TEMPORAL } from '../../platform/nest/index.js';
import type { Temporal } from '../../platform/temporal/index.js';

export type DependencyState = { readonly status: 'up' | 'down'; readonly detail?: string };
export type ReadinessResult = {
  readonly status: 'starting' | 'ready' | 'not_ready' | 'stopping';
  readonly dependencies: Readonly<Record<string, DependencyState>>;
};

/** Work older than this means that nobody does it. */
const MAX_WORK_AGE_MS = 60_000;
const CHECK_TIMEOUT_MS = 2_000;

/** A further thing that must be up, registered by whoever runs it (the worker, the loops). */
export type ReadinessProbe = () => DependencyState | Promise<DependencyState>;

/** Answers whether this process can take work, naming each thing it depends on. */
@Injectable()
export class Readiness {
  readonly #probes = new Map<string, ReadinessProbe>();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(
    private readonly database: Database,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
    private readonly queue: WorkQueue,
  ) {}

  /** Adds a dependency of this process. */
  add(name: string, probe: ReadinessProbe): void {
    this.#probes.set(name, probe);
  }

  /** Everything a caller may rely on is in place. */
  started(): void {
    this.#phase = 'running';
  }

  /** From now on not ready: the balancer must send nothing more. */
  stopping(): void {
    this.#phase = 'stopping';
  }

  async check(): Promise<ReadinessResult> {
    const probes: [string, ReadinessProbe][] = [
      ['postgres', async () => ((await this.database.ping()) ? { status: 'up' } : { status: 'down' })],
      ['temporal', () => this.#temporal()],
      ['work', () => this.#work()],
      ...this.#probes,
    ];
    const states = await Promise.all(probes.map(async ([name, probe]) => [name, await guarded(probe)] as const));
    const up = states.every(([, state]) => state.status === 'up');
    const status = this.#phase === 'running' ? (up ? 'ready' : 'not_ready') : this.#phase;
    return { status, dependencies: Object.fromEntries(states) };
  }

  async #temporal(): Promise<DependencyState> {
    await this.temporal.connection.workflowService.getSystemInfo({});
    return { status: 'up' };
  }

  async #work(): Promise<DependencyState> {
    const age = await this.queue.oldestDueMs();
    return age <= MAX_WORK_AGE_MS
      ? { status: 'up' }
      : { status: 'down', detail: `oldest work is ${Math.round(age / 1000)} s old` };
  }
}

async function guarded(probe: ReadinessProbe): Promise<DependencyState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', detail: 'no answer' }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve(probe()), late]);
  } catch {
    return { status: 'down', detail: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}
