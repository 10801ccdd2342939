/**
 * What retention does to a closed inquiry: archived when it can no longer be reopened, erased when its content's time is
 * over, and never erased while a hold lies on it, on its buyer or on the tenant.
 */

export type RetentionFacts = {
  /** Epoch ms; null while the inquiry is open. */
  readonly closedAt: number | null;
  readonly archivedAt: number | null;
  readonly erasedAt: number | null;
  /** Until when the buyer's next message still belongs to it (epoch ms). */
  readonly reopenUntil: number | null;
  /** Until when the content is kept (epoch ms); null = not decided, so kept. */
  readonly retainUntil: number | null;
  readonly onHold: boolean;
};

/** `held`: it would be erased, but for a hold. */
export type RetentionStep = 'keep' | 'archive' | 'erase' | 'held';

/** The next step for an inquiry at `now` (epoch ms). A class ends exactly at its instant; the buyer may still reopen exactly at theirs. */
export function retentionStep(facts: RetentionFacts, now: number): RetentionStep {
  if (facts.closedAt === null || facts.erasedAt !== null) return 'keep';
  // Something that may still be reopened is needed whole, however short its class.
  if (facts.reopenUntil !== null && facts.reopenUntil >= now) return 'keep';
  if (facts.archivedAt === null) return 'archive';
  if (facts.retainUntil === null || facts.retainUntil > now) return 'keep';
  return facts.onHold ? 'held' : 'erase';
}
