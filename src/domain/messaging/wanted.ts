/** What has happened in a conversation after a message was written. */
export type Later = {
  /** A person of ours has written. */
  readonly human: boolean;
  /** A person has answered outside Atende. */
  readonly external: boolean;
  readonly closed: boolean;
};

export type Unwanted = 'automated_superseded' | 'answered_elsewhere';

/**
 * Why a message should not go out any more, asked right before it would (engine.md 6): an automated one once a person, here
 * or elsewhere, has answered or the inquiry is closed; a person's one once somebody answered elsewhere after it was written.
 */
export function whyUnwanted(automated: boolean, later: Later): Unwanted | null {
  if (automated) return later.human || later.external || later.closed ? 'automated_superseded' : null;
  return later.external ? 'answered_elsewhere' : null;
}
