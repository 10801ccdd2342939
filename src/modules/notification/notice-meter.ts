import type { OutsideMeans } from '../../domain/notice/means.js';
import type { Telling } from '../../domain/notice/telling.js';
import { LONG_SECONDS } from '../../platform/metrics/index.js';
import type { Distribution, Metrics } from '../../platform/metrics/index.js';

/** Counts and times notices that leave Atende. */
export class NoticeMeter {
  readonly #notices: Distribution<'means' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.#notices = metrics.histogram({
      name: 'atende_notice_duration_seconds',
      help: 'Time from the instant a notice might leave by mail or webhook until its fate was known, by that fate, in seconds',
      labels: ['means', 'outcome'],
      buckets: LONG_SECONDS,
    });
  }

  /** One notice has ended; `now` is epoch ms. */
  ended({ means, state, queuedAt }: Pick<Telling, 'state' | 'queuedAt'> & { means: OutsideMeans }, now: number): void {
    this.#notices.observe({ means, outcome: state }, Math.max(0, now - queuedAt) / 1_000);
  }
}
