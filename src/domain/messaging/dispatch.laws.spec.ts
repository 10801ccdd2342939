import fc from 'fast-check';
import { ChannelTruth, OutboxWorld } from '../../../test/support/outbox-world.js';
import type { Verdict } from './delivery-state.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** One thing that may happen next; what makes no sense at that moment does nothing. */
type Act = { readonly name: string; readonly run: (channel: ChannelTruth, outbox: OutboxWorld) => void };

/** As fast-check wants it: the model is the channel's truth, the real thing is the outbox. */
const command = ({ name, run }: Act): fc.Command<ChannelTruth, OutboxWorld> => ({
  check: () => true,
  run: (channel, outbox) => {
    run(channel, outbox);
    expect(channel.takenAt.length).toBeLessThanOrEqual(1);
  },
  toString: () => name,
});

const verdict = fc.constantFrom<'open' | Verdict>('open', 'available', 'available', 'rejected', 'bounced');
const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
const which = fc.nat({ max: 3 });
type Calls = OutboxWorld['calls'];
const pick = (calls: Calls, index: number): Calls[number] | undefined => calls[index % Math.max(1, calls.length)];
const withCall = (name: string, index: number, run: (outbox: OutboxWorld, call: Calls[number]) => void): Act => ({
  name: `${name}(${index})`,
  run: (_channel, outbox) => {
    const call = pick(outbox.calls, index);
    if (call) run(outbox, call);
  },
});

const times = (...acts: readonly [number, fc.Arbitrary<Act>][]): fc.Arbitrary<fc.Command<ChannelTruth, OutboxWorld>> =>
  fc.oneof(...acts.map(([weight, arbitrary]) => ({ weight, arbitrary: arbitrary.map(command) })));

const pauses = fc.constantFrom(1, 400, SECOND, 3 * SECOND, 8 * SECOND, 26 * SECOND, 70 * SECOND, HOUR, 25 * HOUR);
const act = times(
  [6, fc.constant({ name: 'look', run: (_channel, outbox) => void outbox.look() })],
  [6, pauses.map((ms) => ({ name: `pass(${ms})`, run: (_channel, outbox) => void (outbox.now += ms) }))],
  [6, which.map((index) => withCall('open', index, (outbox, call) => outbox.open(call)))],
  [
    4,
    fc
      .tuple(which, fc.nat({ max: 5 * SECOND }), verdict)
      .map(([index, shown, said]) =>
        withCall(`arrive ${shown} ${said}`, index, (outbox, call) => outbox.arrive(call, shown, said)),
      ),
  ],
  [3, which.map((index) => withCall('lose', index, (outbox, call) => outbox.lose(call)))],
  [
    2,
    fc
      .tuple(which, fc.constantFrom(null, 0, 30 * SECOND, 1e12, 1e300), fc.boolean())
      .map(([index, retryAfterMs, refused]) =>
        withCall('decline', index, (outbox, call) =>
          outbox.decline(
            call,
            refused ? { kind: 'refused', reason: 'http_422' } : { kind: 'not_taken', retryAfterMs, reason: 'http_429' },
          ),
        ),
      ),
  ],
  [4, which.map((index) => withCall('see', index, (outbox, call) => outbox.see(call)))],
  [
    6,
    fc
      .tuple(which, chance)
      .map(([index, drawn]) => withCall('record', index, (outbox, call) => outbox.record(call, drawn))),
  ],
  [1, fc.constant({ name: 'crash', run: (_channel, outbox) => outbox.crash() })],
  [
    2,
    fc.boolean().map((finish) => ({
      name: `overtake(${finish})`,
      run: (_channel, outbox) => outbox.overtake(finish),
    })),
  ],
  [
    2,
    fc.constantFrom<Verdict>('available', 'rejected', 'bounced').map((said) => ({
      name: `receipt(${said})`,
      run: (channel, outbox) => {
        if (channel.takenAt.length === 0) return;
        // The channel may decide, or change its mind about what it had let through.
        if (channel.verdict === 'open' || (channel.verdict === 'available' && said !== 'available'))
          channel.verdict = said;
        outbox.receipt(channel.verdict);
      },
    })),
  ],
  [1, fc.constant({ name: 'cancel', run: (_channel, outbox) => outbox.cancel() })],
  [1, fc.boolean().map((way) => ({ name: `way(${way})`, run: (_channel, outbox) => void (outbox.hasWay = way) }))],
  [
    1,
    fc.boolean().map((readable) => ({
      name: `readable(${readable})`,
      run: (_channel, outbox) => void (outbox.times.readable = readable),
    })),
  ],
);

/** How the channel behaves once the storm is over; each must let every message end. */
type Weather = 'healthy' | 'silent' | 'busy' | 'dead';

/** Runs on until nothing is to be done for the message any more. */
function calm(outbox: OutboxWorld, weather: Weather): void {
  outbox.crash();
  for (let turn = 0; turn < 20_000; turn += 1) {
    const until = outbox.look();
    if (until === Infinity) return;
    if (until !== null) outbox.now = until;
    for (const call of [...outbox.calls]) {
      outbox.open(call);
      if (weather === 'dead') outbox.lose(call);
      if (weather === 'busy') outbox.decline(call, { kind: 'not_taken', retryAfterMs: null, reason: 'http_429' });
      outbox.arrive(call, 0, weather === 'silent' ? 'open' : 'available');
      outbox.see(call);
      outbox.record(call, 0.5);
    }
    if (!outbox.hasWay && outbox.calls.length === 0) {
      outbox.now = Math.max(outbox.now, outbox.row.dueAt, outbox.row.leaseUntil ?? 0);
      outbox.look();
      return;
    }
  }
  throw new Error(`In limbo as ${outbox.row.state}`);
}

describe('a message under any schedule of attempts, answers, crashes, reads and receipts', () => {
  const settings = fc.record({
    requestTimeoutMs: fc.constantFrom(SECOND, 10 * SECOND, 60 * SECOND),
    settleMs: fc.constantFrom(0, SECOND, 5 * SECOND, 60 * SECOND),
    verdictTimeoutMs: fc.constantFrom(SECOND, 15 * 60 * SECOND),
    readable: fc.boolean(),
    tells: fc.boolean(),
  });

  it('is at the channel once at most, ends, and is asked about only where nothing better can be known', () => {
    fc.assert(
      fc.property(
        settings,
        fc.constantFrom(0, 30 * SECOND),
        fc.constantFrom<Weather>('healthy', 'silent', 'busy', 'dead'),
        fc.commands([act], { maxCommands: 60, size: 'max' }),
        (channelTimes, holdMs, weather, commands) => {
          const channel = new ChannelTruth();
          const outbox = new OutboxWorld(channel, { ...channelTimes }, holdMs);
          fc.modelRun(() => ({ model: channel, real: outbox }), commands);
          calm(outbox, weather);
          const { state } = outbox.row;
          expect(channel.takenAt.length).toBeLessThanOrEqual(1);
          expect(['available', 'rejected', 'bounced', 'failed', 'uncertain', 'cancelled']).toContain(state);
          if (state === 'failed' || state === 'cancelled') expect(channel.takenAt).toHaveLength(0);
          if (['available', 'rejected', 'bounced'].includes(state)) expect(channel.takenAt).toHaveLength(1);
          if (state !== 'cancelled') expect(outbox.fates.at(-1)).toBe(state);
          expect(outbox.needlesslyUncertain).toEqual([]);
        },
      ),
      { numRuns: 1_200 },
    );
  });
});
