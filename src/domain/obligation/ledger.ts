import { closedSpans } from '../calendar/closed-spans.js';
import type { Calendar } from '../calendar/types.js';
import type { ClockKind } from '../definition/plan.js';
import type { During, Phase } from './phases.js';
import { cut } from './spans.js';
import type { Span } from './spans.js';

/**
 * The ledger of an obligation: every moment between its start and its end is attributed to exactly one of counting, paused
 * and closed (definition.md, section 4), so that it can be added up and argued with.
 */

/** A pause: the obligation did not count although its calendar was open. */
export type Pause = Span & { readonly reason: string; readonly by: string | null };

export type LedgerInput = Span & {
  readonly clock: ClockKind;
  /** The very version the obligation counts on; null = always open. */
  readonly calendar: Calendar | null;
  /** In order, none overlapping. */
  readonly pauses: readonly Pause[];
  /** In order, none overlapping. */
  readonly phases: readonly Phase[];
};

export type LedgerSegment = Span & {
  readonly kind: 'counting' | 'paused' | 'closed';
  /** Why it did not count: what it waited for, the name of the exception, or `outside_hours`; null while counting. */
  readonly reason: string | null;
  /** Member whose act paused it, or null. */
  readonly by: string | null;
  /** What was going on; null while not counting. */
  readonly during: During | null;
};

/**
 * The segments of an obligation, in order. They touch, no two neighbours are alike, and together they last exactly as long
 * as the wall clock took. Closed time inside a pause is closed: it would not have counted either way, and so the paused
 * time is what the deadline moved by.
 */
export function ledgerOf(input: LedgerInput): LedgerSegment[] {
  const segments: LedgerSegment[] = [];
  const closed =
    input.clock === 'house' && input.calendar !== null ? closedSpans(input.calendar, input.from, input.to) : [];
  for (const { from, to, over } of cut(input, closed)) {
    if (over !== null)
      append(segments, { from, to, kind: 'closed', reason: over.name ?? 'outside_hours', by: null, during: null });
    else for (const segment of openSegments({ from, to }, input)) append(segments, segment);
  }
  return segments;
}

function openSegments(open: Span, { pauses, phases }: LedgerInput): LedgerSegment[] {
  return cut(open, pauses).flatMap(({ from, to, over: pause }): LedgerSegment[] => {
    if (pause !== null) return [{ from, to, kind: 'paused', reason: pause.reason, by: pause.by, during: null }];
    return cut({ from, to }, phases).map((piece) => ({
      from: piece.from,
      to: piece.to,
      kind: 'counting',
      reason: null,
      by: null,
      during: piece.over?.during ?? 'queued',
    }));
  });
}

function append(segments: LedgerSegment[], next: LedgerSegment): void {
  const last = segments.at(-1);
  const alike =
    last !== undefined &&
    last.kind === next.kind &&
    last.reason === next.reason &&
    last.by === next.by &&
    last.during === next.during;
  if (alike) segments[segments.length - 1] = { ...last, to: next.to };
  else segments.push(next);
}
