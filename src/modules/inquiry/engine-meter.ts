import type { Entry } from '../../domain/inquiry/effects.js';
import { LONG_SECONDS, SHORT_SECONDS } from '../../platform/metrics/index.js';
import type { Count, Distribution, Metrics } from '../../platform/metrics/index.js';

/** What began a drain: the workflow that was rung, or a loop that works without it. */
export type DrainCause = 'ring' | 'sweep';

/** Entries that tell how late something that time brings was applied. */
const TIMED: Readonly<Record<string, string>> = { 'level.fired': 'level', 'step.timed_out': 'timeout' };

/** Counts and times what the engine does. */
export class EngineMeter {
  readonly #drains: Distribution<'cause' | 'outcome'>;
  readonly #lateness: Distribution<'kind'>;
  readonly #entries: Count<'kind'>;
  readonly #setAside: Count<never>;

  constructor(metrics: Metrics) {
    this.#drains = metrics.histogram({
      name: 'atende_drain_duration_seconds',
      help: 'Time one drain of an inquiry took, its transaction included, in seconds, by what began it and how it ended',
      labels: ['cause', 'outcome'],
      buckets: SHORT_SECONDS,
    });
    this.#lateness = metrics.histogram({
      name: 'atende_timer_lateness_seconds',
      help: 'How long after its planned instant an escalation level or a time-out of a step was applied, in seconds',
      labels: ['kind'],
      buckets: LONG_SECONDS,
    });
    this.#entries = metrics.counter({
      name: 'atende_history_entries_total',
      help: 'What decisions recorded in the histories of inquiries, by kind: opened, closed, breached, delivered and so on',
      labels: ['kind'],
    });
    this.#setAside = metrics.counter({
      name: 'atende_events_set_aside_total',
      help: 'Events whose decision failed and that were set aside for a person; each one is a defect',
    });
  }

  /** One drain ended; `begunAt` is the `performance.now()` of its begin. */
  drained(cause: DrainCause, outcome: 'done' | 'failed', begunAt: number): void {
    this.#drains.observe({ cause, outcome }, (performance.now() - begunAt) / 1_000);
  }

  /** What a committed drain recorded. */
  recorded(entries: readonly Entry[]): void {
    for (const { kind, data } of entries) {
      this.#entries.add({ kind });
      const timed = TIMED[kind];
      if (timed !== undefined) this.#lateness.observe({ kind: timed }, Number(data['lateMs']) / 1_000);
    }
  }

  /** The decision on one event failed. */
  setAside(): void {
    this.#setAside.add({});
  }
}
