import type { Budget } from './budget.js';
import type { Reply } from './exchange.js';

/** How long nobody asks when the platform does not say how long, in ms. */
export const PAUSE_MS = 5_000;

/**
 * Takes one request from a budget. Without the table of shares nothing may be asked: platforms switch off who asks too much.
 *
 * @returns null when it may be made, otherwise what becomes of it
 */
export async function held(
  budget: Budget,
  group: string,
  urgent: boolean,
): Promise<Extract<Reply, { readonly kind: 'unsent' }> | null> {
  const waitMs = await budget.take(group, urgent).catch(() => PAUSE_MS);
  return waitMs === null ? null : { kind: 'unsent', code: 'rate_budget', retryAfterMs: waitMs };
}

/** The platform has said that it is too much, and for how long (ms), or not for how long: nobody asks meanwhile. */
export async function pauseFor(budget: Budget, group: string, ms: number | null): Promise<void> {
  await budget.pause(group, ms ?? PAUSE_MS).catch(() => undefined);
}
