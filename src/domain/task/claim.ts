/**
 * Who may work on a task: claims, leases, fencing tokens and offers (engine.md 7, definition.md "Leases"). A holder exists
 * only with a claim. The token is the number of times the task changed hands; whoever brings an older one acts on
 * something that is no longer theirs.
 */
export type Hold = {
  readonly ended: boolean;
  /** What was handed in waits for somebody else's approval. */
  readonly awaiting: boolean;
  readonly token: number;
  readonly holderId: string | null;
  /** Epoch ms; set while somebody holds the task. */
  readonly leaseUntil: number | null;
  /** Whose lease ran out and was ended; their token stays good until somebody else gets the task. */
  readonly lapsedHolderId: string | null;
  readonly offeredTo: string | null;
  /** Epoch ms; set while the task is offered. */
  readonly offerUntil: number | null;
};

/** Every expected "no" of a claim or lease; ids and instants only. */
export type HoldRefusal =
  | { readonly code: 'task_ended' }
  | { readonly code: 'approval_pending' }
  | { readonly code: 'own_work' }
  | { readonly code: 'task_held'; readonly holderId: string }
  | { readonly code: 'task_offered'; readonly assigneeId: string; readonly until: number }
  | { readonly code: 'token_stale'; readonly holderId: string | null }
  | { readonly code: 'nothing_open' };

/** What a change of hands comes to: the hold after it, and the lease that ended on the way. */
export type HoldChange = {
  readonly hold: Hold;
  /** Earlier holder whose lease had run out unnoticed. */
  readonly lapsed: { readonly memberId: string; readonly leaseUntil: number } | null;
};

export type HoldOutcome = HoldChange | { readonly refused: HoldRefusal };

export type HoldStanding = 'ended' | 'awaiting' | 'held' | 'offered' | 'ready';

/** Where a task stands at an instant (epoch ms): a lease or an offer that has run out counts no more, noticed or not. */
export function standingOf(hold: Hold, now: number): HoldStanding {
  if (hold.ended) return 'ended';
  if (hold.awaiting) return 'awaiting';
  if (hold.holderId !== null && isRunning(hold.leaseUntil, now)) return 'held';
  if (hold.offeredTo !== null && isRunning(hold.offerUntil, now)) return 'offered';
  return 'ready';
}

/** A lease or offer runs up to and including its last instant. */
function isRunning(until: number | null, now: number): boolean {
  return until !== null && now <= until;
}

/** Whose the current token is: the holder, or who held the task last if nobody else has got it since. */
export function tokenOwner(hold: Hold): string | null {
  return hold.holderId ?? hold.lapsedHolderId;
}

/**
 * Takes a task: whoever it is offered to, or anybody while it is ready. Somebody who holds it already is refused like
 * anybody else, so that a second window of theirs cannot go on with an older token.
 */
export function claim(hold: Hold, memberId: string, leaseUntil: number, now: number): HoldOutcome {
  const refused = claimRefusal(hold, memberId, now);
  if (refused !== null) return { refused };
  return { hold: heldBy(hold, memberId, leaseUntil, hold.token + 1), lapsed: lapseOf(hold) };
}

/** Why a member cannot take a task now, or null. */
export function claimRefusal(hold: Hold, memberId: string, now: number): HoldRefusal | null {
  const standing = standingOf(hold, now);
  if (standing === 'ended') return { code: 'task_ended' };
  if (standing === 'awaiting') return { code: 'approval_pending' };
  if (standing === 'held') return { code: 'task_held', holderId: hold.holderId ?? '' };
  if (standing === 'offered' && hold.offeredTo !== memberId) {
    return { code: 'task_offered', assigneeId: hold.offeredTo ?? '', until: hold.offerUntil ?? now };
  }
  return null;
}

/**
 * Prolongs a lease, as saving a draft does too. It may have run out meanwhile: as long as nobody else got the task the
 * token is current, and so is its owner.
 */
export function renew(hold: Hold, memberId: string, token: number, leaseUntil: number): HoldOutcome {
  const refused = tokenRefusal(hold, memberId, token);
  if (refused !== null) return { refused };
  return { hold: heldBy(hold, memberId, leaseUntil, hold.token), lapsed: null };
}

/** Gives a task back: its owner with the token. */
export function release(hold: Hold, memberId: string, token: number): HoldOutcome {
  const refused = tokenRefusal(hold, memberId, token);
  return refused === null ? { hold: freed(hold), lapsed: null } : { refused };
}

/** Takes a task away from whoever holds it or has it offered, as a supervisor does, without a token. */
export function takeAway(hold: Hold, now: number): HoldOutcome {
  const standing = standingOf(hold, now);
  if (standing === 'ended') return { refused: { code: 'task_ended' } };
  if (standing === 'awaiting') return { refused: { code: 'approval_pending' } };
  if (standing === 'ready') return { refused: { code: 'nothing_open' } };
  return { hold: freed(hold), lapsed: null };
}

/**
 * Ends a lease or an offer that has run out; null when neither has. The token stays: its owner may still complete or
 * renew, until somebody else claims.
 */
export function expire(hold: Hold, now: number): (HoldChange & { readonly what: 'lease' | 'offer' }) | null {
  if (standingOf(hold, now) !== 'ready') return null;
  if (hold.holderId !== null) {
    const ended = { ...hold, holderId: null, leaseUntil: null, lapsedHolderId: hold.holderId };
    return { what: 'lease', hold: ended, lapsed: lapseOf(hold) };
  }
  if (hold.offeredTo === null) return null;
  return { what: 'offer', hold: { ...hold, offeredTo: null, offerUntil: null }, lapsed: null };
}

function tokenRefusal(hold: Hold, memberId: string, token: number): HoldRefusal | null {
  if (hold.ended) return { code: 'task_ended' };
  if (hold.token === token && tokenOwner(hold) === memberId) return null;
  return { code: 'token_stale', holderId: hold.holderId };
}

function heldBy(hold: Hold, memberId: string, leaseUntil: number, token: number): Hold {
  return { ...hold, token, holderId: memberId, leaseUntil, lapsedHolderId: null, offeredTo: null, offerUntil: null };
}

function freed(hold: Hold): Hold {
  return {
    ...hold,
    token: hold.token + 1,
    holderId: null,
    leaseUntil: null,
    lapsedHolderId: null,
    offeredTo: null,
    offerUntil: null,
  };
}

function lapseOf(hold: Hold): HoldChange['lapsed'] {
  return hold.holderId === null ? null : { memberId: hold.holderId, leaseUntil: hold.leaseUntil ?? 0 };
}
