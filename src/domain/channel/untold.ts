/** Whether a platform still tells us anything: `failing` = not if it goes on like this, `off` = not until somebody sets it again. */
export const PUSH_STATES = ['on', 'failing', 'off'] as const;
export type PushState = (typeof PUSH_STATES)[number];

/** What is known of whether a platform tells us anything. Instants are epoch ms. */
export type TellingFacts = {
  readonly now: number;
  /** What it last said itself; null where it was not asked, or does not say. */
  readonly pushState: PushState | null;
  /** When it last told us anything. */
  readonly noticedAt: number | null;
  /** Messages that were found since, of which nobody had told us. */
  readonly unheard: number;
  /**
   * Messages of ours that it took since, longer ago than `TAKEN_MS`, and never told whether they left it; 0 where it does not always
   * tell that. Whether they arrived is another matter: a telephone may be switched off for days.
   */
  readonly unconfirmed: number;
};

/** Why a platform tells us nothing any more, or soon will not; each is a trouble with a text and a remedy. */
export type Untold = 'pushes_suspended' | 'pushes_failing' | 'notices_stopped' | 'statuses_stopped';

/** Nothing was told for so long, in ms, while this many messages were found: then it is no single notice that got lost. */
const UNHEARD_MS = 3_600_000;
const UNHEARD = 3;

/** How long ago a message was taken of which something must have been told by now, in ms; the platform tells it within seconds. */
export const TAKEN_MS = 3_600_000;
const UNCONFIRMED = 3;

/** In the platform's own words where it has any, else by what was found without it; null = it tells us. */
export function untoldBy({ now, pushState, noticedAt, unheard, unconfirmed }: TellingFacts): Untold | null {
  if (pushState === 'off') return 'pushes_suspended';
  if (noticedAt !== null && now - noticedAt > UNHEARD_MS && unheard >= UNHEARD) return 'notices_stopped';
  // That nothing was ever told is no excuse here: of what it took it always tells.
  if (unconfirmed >= UNCONFIRMED) return 'statuses_stopped';
  return pushState === 'failing' ? 'pushes_failing' : null;
}
