import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';
import { LONG_SECONDS } from '../../platform/metrics/index.js';
import type { Distribution, Metrics } from '../../platform/metrics/index.js';

/** Times what the dispatcher asks of channels, by what it came to. */
export class ChannelMeter {
  readonly #calls: Distribution<'channel' | 'call' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.#calls = metrics.histogram({
      name: 'atende_channel_call_duration_seconds',
      help:
        'Time a channel took to answer, in seconds: send hands a message over (taken, not_taken, refused, unknown), ' +
        'read asks what became of it (found, absent, failed)',
      labels: ['channel', 'call', 'outcome'],
      buckets: LONG_SECONDS,
    });
  }

  /** Makes one call to a channel, observed. */
  async timed<T extends SendOutcome | ReadOutcome>(
    channel: string,
    call: 'send' | 'read',
    work: () => Promise<T>,
  ): Promise<T> {
    const begunAt = performance.now();
    const outcome = await work();
    this.#calls.observe({ channel, call, outcome: outcome.kind }, (performance.now() - begunAt) / 1_000);
    return outcome;
  }
}
