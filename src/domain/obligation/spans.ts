/** A stretch of time `[from, to)`, UTC epoch ms. */
export type Span = { readonly from: number; readonly to: number };

/** A piece of a cut span: what lies over it, or null where nothing does. */
export type Piece<T> = Span & { readonly over: T | null };

/**
 * Cuts a span along others that lie over it. The pieces are in order, touch each other and make up the whole span.
 *
 * @param over in order, none overlapping; parts outside the span are ignored
 */
export function cut<T extends Span>(span: Span, over: readonly T[]): Piece<T>[] {
  const pieces: Piece<T>[] = [];
  let cursor = span.from;
  for (const layer of over) {
    const from = Math.max(layer.from, cursor);
    const to = Math.min(layer.to, span.to);
    if (to <= from) continue;
    if (from > cursor) pieces.push({ from: cursor, to: from, over: null });
    pieces.push({ from, to, over: layer });
    cursor = to;
  }
  if (cursor < span.to) pieces.push({ from: cursor, to: span.to, over: null });
  return pieces;
}
