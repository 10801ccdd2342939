import { Injectable } from '@nestjs/common';
import { Metrics, SHORT_SECONDS } from '../../platform/metrics/index.js';
import type { Distribution } from '../../platform/metrics/index.js';

export type AcceptOutcome = 'accepted' | 'duplicate' | 'signature_invalid' | 'payload_invalid' | 'failed';

/** Counts and times what channels deliver. */
@Injectable()
export class AcceptMeter {
  readonly #accepts: Distribution<'channel' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.#accepts = metrics.histogram({
      name: 'atende_accept_duration_seconds',
      help: 'Time until the commit of a delivery, in seconds, by channel and what came of it',
      labels: ['channel', 'outcome'],
      buckets: SHORT_SECONDS,
    });
  }

  /** Times one delivery; `outcomeOf` tells from its result what came of it. */
  async time<T>(channel: string, work: () => Promise<T>, outcomeOf: (result: T) => AcceptOutcome): Promise<T> {
    const begunAt = performance.now();
    let outcome: AcceptOutcome = 'failed';
    try {
      const result = await work();
      outcome = outcomeOf(result);
      return result;
    } finally {
      this.#accepts.observe({ channel, outcome }, (performance.now() - begunAt) / 1_000);
    }
  }
}
