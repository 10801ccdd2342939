import type { Metrics } from '../../platform/metrics/index.js';
import type { WorkQueue } from './work-queue.js';

/** How much work is due and how long the oldest has waited, over the whole installation. */
export class WorkFigures {
  constructor(queue: WorkQueue, metrics: Metrics) {
    metrics.gauge({
      name: 'atende_work_due',
      help: 'Items of the work queue that are due and nobody has taken, by kind; every process tells the same',
      labels: ['kind'],
      read: async () => (await queue.dueByKind()).map(({ kind, count }) => ({ labels: { kind }, value: count })),
    });
    metrics.gauge({
      name: 'atende_work_oldest_due_seconds',
      help:
        'Age of the oldest item of the work queue that is due, in seconds, but for those that wait for others of their shop; ' +
        'above 60 this process is not ready',
      read: async () => [{ labels: {}, value: (await queue.oldestDueMs()) / 1_000 }],
    });
  }
}
