/**
 * Taking turns at something that leaves the database: what is about to happen is recorded first, so that after a crash nobody
 * takes for undone what may have been done.
 */

/** One turn of whoever makes the call; `leaseUntil` tells one turn from the next. Instants are epoch ms. */
export type Turn = {
  readonly state: string;
  /** Times the other side was called. */
  readonly attempts: number;
  /** When the running or last attempt began. */
  readonly startedAt: number | null;
  readonly leaseUntil: number | null;
};

const MIN_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/** How much longer than the longest call a turn lasts. */
const LEASE_MARGIN_MS = 15_000;

/**
 * Pause before the next attempt, in ms: doubling, with jitter, never shorter than the other side asks for.
 *
 * @param chance a number in [0, 1) drawn by the caller
 */
export function backoffMs(attempt: number, retryAfterMs: number | null, chance: number): number {
  const full = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(attempt, 10));
  return Math.max(retryAfterMs ?? 0, full / 2 + chance * (full / 2));
}

/** Until when a turn that begins at `now` is its maker's. */
export function leaseOf(now: number, requestTimeoutMs: number): number {
  return now + requestTimeoutMs + LEASE_MARGIN_MS;
}

/** Whether a call begun under `mine` may still speak: nobody else has taken a turn since, and no other word has overtaken it. */
export function isSameTurn(current: Turn, mine: Turn): boolean {
  return current.state === mine.state && current.attempts === mine.attempts && current.leaseUntil === mine.leaseUntil;
}

/**
 * The attempt as it really starts, right before the socket opens; null when so much time has passed since it was recorded
 * that others may be looking for it at the other side soon. Nothing has been sent then.
 */
export function openAttempt<T extends Turn>(begun: T, now: number): T | null {
  return begun.startedAt !== null && now <= begun.startedAt + LEASE_MARGIN_MS / 2 ? { ...begun, startedAt: now } : null;
}
