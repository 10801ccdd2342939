import fc from 'fast-check';
import { afterRead, afterSend, nextStep } from '../../src/domain/messaging/dispatch.js';
import type { ChannelTimes, Outgoing } from '../../src/domain/messaging/dispatch.js';
import { afterVerdict } from '../../src/domain/messaging/delivery-state.js';
import type { DeliveryState } from '../../src/domain/messaging/delivery-state.js';
import type { Access, OutgoingMessage } from '../../src/modules/channels/index.js';
import type { Rig } from './rig.js';

const MAX_STEPS = 60;

/** Where a process is killed at one of its calls: what it has committed to stays, what it learnt is gone. */
const DEATHS = ['none', 'none', 'before_call', 'after_call'] as const;

/** What happens to a message on its way: to the calls at the platform, and to the processes that make them. */
export const schedules = <F>(faults: readonly F[]) =>
  fc.record({
    faults: fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 4 }),
    deaths: fc.array(fc.constantFrom(...DEATHS), { maxLength: 4 }),
  });

/**
 * Delivers one message the way the dispatcher does, by the same pure steps and over the real connector; only the pauses between
 * them pass at once.
 *
 * @param deaths of the process, call by call; another one goes on by what was committed
 * @returns where it ended
 */
export async function deliver(
  { connector, told }: Pick<Rig, 'connector' | 'told'>,
  access: Access,
  message: OutgoingMessage,
  deaths: readonly (typeof DEATHS)[number][] = [],
): Promise<DeliveryState> {
  const begunAt = Date.now();
  const { capabilities, find } = connector;
  const times: ChannelTimes = {
    requestTimeoutMs: access.requestTimeoutMs,
    settleMs: capabilities.settleMs,
    verdictTimeoutMs: 60_000,
    readable: find !== undefined,
    tells: told !== undefined,
  };
  let now = begunAt;
  let row: Outgoing = {
    ...{ state: 'queued', attempts: 0, reads: 0, absences: 0 },
    ...{ queuedAt: now, startedAt: null, dueAt: now, leaseUntil: null, verdictUntil: null },
  };
  let calls = 0;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    for (const verdict of (await told?.(message)) ?? [])
      row = { ...row, state: afterVerdict(row.state, verdict) ?? row.state };
    const step = nextStep(row, now, times);
    if (step.do === 'wait') {
      if (!Number.isFinite(step.until)) return row.state;
      now = Math.max(now, step.until);
    } else if (step.do === 'settle') row = step.transition.next;
    else {
      const death = deaths[calls] ?? 'none';
      calls += 1;
      row = step.next;
      if (death === 'before_call') continue;
      if (step.do === 'send') {
        const outcome = await connector.send(access, message);
        if (death === 'none') row = afterSend(row, outcome, now, times, 0.5).next;
      } else {
        // The platform's clock is the real one: it has the message since the beginning, or not at all.
        const sought = { intentId: message.intentId, since: begunAt - 1_000, message };
        const outcome = (await find?.(access, sought)) ?? { kind: 'failed', reason: 'not_readable' };
        if (death === 'none') row = afterRead(row, outcome, now, times, 0.5).next;
      }
    }
  }
  throw new Error(`No end after ${MAX_STEPS} steps: ${row.state}`);
}

/** Does `work` for every item, `width` at a time: begun in order of the items, the next as soon as one is done. */
export async function allOf<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const waiting = items.entries();
  const results: R[] = [];
  const one = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: width }, one));
  return results;
}
