/** What is known of a shop's channel. Instants and durations are ms. */
export type ChannelFacts = {
  /** null where the channel asks for no consent; `ending` = the platform says that it will be over soon. */
  readonly consent: 'authorised' | 'ending' | 'lost' | 'missing' | null;
  /** Whether a consent is over, or will be soon, that the channel does without, if less. */
  readonly besideLost: boolean;
  readonly now: number;
  /** When everything was looked at last; null where nothing has to be, or it has not happened yet. */
  readonly sweptAt: number | null;
  readonly sweepEveryMs: number;
  /** Since when something waits to be read. */
  readonly waitingSince: number | null;
  readonly quarantined: number;
  /** Whether the platform has stopped telling us anything, or is about to. */
  readonly untold: boolean;
};

const WAITS_LONG_MS = 10 * 60_000;

/** Sweeps that may be missing before anybody is to look. */
const SWEEPS = 3;

/** How a channel stands: `down` = nothing moves until somebody acts, `attention` = somebody should look. */
export function channelStanding(facts: ChannelFacts): 'ok' | 'attention' | 'down' {
  const { consent, besideLost, now, sweptAt, sweepEveryMs, waitingSince, quarantined, untold } = facts;
  if (consent === 'lost' || consent === 'missing') return 'down';
  const isBehind = sweptAt !== null && now - sweptAt > SWEEPS * sweepEveryMs + WAITS_LONG_MS;
  const waitsLong = waitingSince !== null && now - waitingSince > WAITS_LONG_MS;
  return consent === 'ending' || besideLost || isBehind || waitsLong || untold || quarantined > 0 ? 'attention' : 'ok';
}
