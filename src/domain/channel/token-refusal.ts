/** A token that is refused this soon after it was made, in ms, was never taken: access is renewed right before it is used. */
const FRESH_MS = 60_000;

/** A renewal that comes this long after a refusal, in ms, has another cause. */
const FOLLOWS_MS = 10 * 60_000;

/** For how long new tokens may be refused, in ms, before it is the consent and not an hour of trouble of the platform. */
const PATIENCE_MS = 2 * 60_000;

/** How long nothing is renewed after a new token was refused, in ms: each renewal uses up a token that works once. */
const REST_MS = 30_000;

/** What is known of earlier refusals of an account. Epoch ms. */
export type Refusals = {
  /** When the first of those in a row came; null = none since somebody consented. */
  readonly refusedAt: number | null;
  readonly refreshedAt: number;
};

export type AfterRefusal =
  /** The consent does not hold any more: somebody has to give it again. */
  | { readonly do: 'give_up' }
  /** Renew it, not before `notBefore`; `refusedAt` = when the first refusal in a row came. Epoch ms. */
  | { readonly do: 'renew'; readonly refusedAt: number; readonly notBefore: number };

/** What follows at `now` (epoch ms) when a platform does not take a token that should still be good. */
export function afterRefusal({ refusedAt, refreshedAt }: Refusals, now: number): AfterRefusal {
  const isFresh =
    refusedAt !== null &&
    refreshedAt > refusedAt &&
    refreshedAt - refusedAt < FOLLOWS_MS &&
    now - refreshedAt < FRESH_MS;
  if (!isFresh) return { do: 'renew', refusedAt: now, notBefore: now };
  return now - refusedAt < PATIENCE_MS ? { do: 'renew', refusedAt, notBefore: now + REST_MS } : { do: 'give_up' };
}
