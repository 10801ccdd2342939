import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';
import { LONG_SECONDS } from '../../platform/metrics/index.js';
import type { Distribution, Metrics } from '../../platform/metrics/index.js';
import type { Channel, ChannelTarget, OutgoingMessage } from './channel.js';

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

  /** The channel with every call observed; behaves like the channel itself otherwise. */
  around(name: string, channel: Channel): Channel {
    const timed = async <T extends SendOutcome | ReadOutcome>(call: string, work: () => Promise<T>): Promise<T> => {
      const begunAt = performance.now();
      const outcome = await work();
      this.#calls.observe({ channel: name, call, outcome: outcome.kind }, (performance.now() - begunAt) / 1_000);
      return outcome;
    };
    return {
      send: (target: ChannelTarget, message: OutgoingMessage) => timed('send', () => channel.send(target, message)),
      read: (target: ChannelTarget, intentId: string) => timed('read', () => channel.read(target, intentId)),
    };
  }
}
