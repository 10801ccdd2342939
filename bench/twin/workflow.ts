import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { close, message, reply } from './messages.js';
import type { TwinActivities, TwinInput } from './messages.js';

const { write } = proxyLocalActivities<TwinActivities>({ startToCloseTimeout: '3s', retry: { maximumAttempts: 2 } });

const REMIND_MS = 45 * 60_000;
const WAIT_MS = 48 * 3_600_000;

/** Message, reply, close: a transaction each, a timer in between, nothing else. */
export async function twin({ id, text }: TwinInput): Promise<void> {
  let closed = false;
  let timer = new CancellationScope();
  const arm = (ms: number): void => {
    timer.cancel();
    timer = new CancellationScope();
    void timer.run(() => pause(ms));
  };
  setHandler(message, () => undefined);
  setHandler(reply, async (answer) => {
    await write({ id, ring: 'reply', text: answer });
    arm(WAIT_MS);
  });
  setHandler(close, async () => {
    await write({ id, ring: 'close', text: '' });
    closed = true;
  });
  await write({ id, ring: 'open', text });
  arm(REMIND_MS);
  await condition(() => closed && allHandlersFinished());
}

async function pause(ms: number): Promise<void> {
  try {
    await sleep(ms);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}
