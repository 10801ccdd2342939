import type { Span } from '../calendar/zone.js';
import { cut } from '../obligation/spans.js';

/** The union of spans in any order: in order, none touching another. */
export function merged(spans: readonly Span[]): readonly Span[] {
  const union: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (from < to) union.push({ from, to });
  }
  return union;
}

/** What is left of spans, none touching another, without what lies under others, in any order. */
export function without(spans: readonly Span[], others: readonly Span[]): readonly Span[] {
  const over = merged(others);
  return spans.flatMap((span) =>
    cut(span, over)
      .filter((piece) => piece.over === null)
      .map(({ from, to }) => ({ from, to })),
  );
}
