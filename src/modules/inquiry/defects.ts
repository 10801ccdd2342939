import type { InboxRow } from './inbox.js';

/** A decision failed: our own fault, repeated at every attempt, so the event is set aside instead of tried again. */
export class DecisionDefect extends Error {
  readonly code: string;
  readonly row: InboxRow | null;

  constructor(code: string, row: InboxRow | null, cause: unknown) {
    super(code, { cause });
    this.code = code;
    this.row = row;
  }
}
