import type { DueRef } from '../../domain/inquiry/due.js';
import type { InboxRow } from './inbox.js';

/** A decision failed: our own fault, repeated at every attempt, so the event is set aside instead of tried again. */
export class DecisionDefect extends Error {
  readonly code: string;
  /** The event, or null when it was something due. */
  readonly row: InboxRow | null;
  readonly due: DueRef | null;

  constructor(code: string, of: { readonly row: InboxRow | null; readonly due: DueRef | null }, cause: unknown) {
    super(code, { cause });
    this.code = code;
    this.row = of.row;
    this.due = of.due;
  }
}
