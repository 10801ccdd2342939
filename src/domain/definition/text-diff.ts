/** A line of the comparison of two texts. */
type Line = { readonly mark: ' ' | '-' | '+'; readonly text: string };

/** Unchanged lines shown around a change. */
const CONTEXT = 3;

/** What follows a line that no line break ends, in the words of `diff`. */
const UNENDED = '\\ No newline at end of file\n';

/**
 * Changed lines up to which the shortest comparison is looked for: its cost grows with their square. Texts that differ in
 * more have little in common, and are shown as one replaced by the other.
 */
const MAX_CHANGES = 1_000;

/**
 * Compares two texts line by line in the unified format (POSIX `diff -u` without the two lines that name files), empty when
 * they are equal. Uses the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
 */
export function unifiedDiff(from: string, to: string): string {
  if (from === to) return '';
  const lines = compare(linesOf(from), linesOf(to));
  return hunksOf(lines)
    .map((hunk) => printHunk(lines, hunk))
    .join('');
}

/** Lines with the break that ends them; the last may have none. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function compare(from: readonly string[], to: readonly string[]): readonly Line[] {
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < most - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  const middle = compareMiddle(from.slice(head, from.length - tail), to.slice(head, to.length - tail));
  return [...marked(' ', from.slice(0, head)), ...middle, ...marked(' ', from.slice(from.length - tail))];
}

const marked = (mark: Line['mark'], texts: readonly string[]): readonly Line[] => texts.map((text) => ({ mark, text }));

function compareMiddle(from: readonly string[], to: readonly string[]): readonly Line[] {
  const trace = traceOf(from, to);
  return trace === null ? [...marked('-', from), ...marked('+', to)] : walkBack(from, to, trace);
}

/** Furthest positions in `from`, by diagonal (position in `from` minus position in `to`). */
type Furthest = ReadonlyMap<number, number>;

/** Furthest positions reached before each number of changes; null when more than `MAX_CHANGES` are needed. */
function traceOf(from: readonly string[], to: readonly string[]): readonly Furthest[] | null {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Furthest[] = [];
  for (let changes = 0; changes <= MAX_CHANGES; changes += 1) {
    trace.push(new Map(furthest));
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let position = isInsertion(furthest, diagonal, changes)
        ? at(furthest, diagonal + 1)
        : at(furthest, diagonal - 1) + 1;
      while (position < from.length && from[position] === to[position - diagonal]) position += 1;
      furthest.set(diagonal, position);
      if (position >= from.length && position - diagonal >= to.length) return trace;
    }
  }
  return null;
}

const at = (furthest: Furthest, diagonal: number): number => furthest.get(diagonal) ?? -1;

/** Whether the best way onto a diagonal takes a line of `to` (else it drops one of `from`). */
function isInsertion(furthest: Furthest, diagonal: number, changes: number): boolean {
  if (diagonal === -changes) return true;
  return diagonal !== changes && at(furthest, diagonal - 1) < at(furthest, diagonal + 1);
}

/** The lines along the shortest way, collected from its end. */
function walkBack(from: readonly string[], to: readonly string[], trace: readonly Furthest[]): readonly Line[] {
  const lines: Line[] = [];
  let [old, fresh] = [from.length, to.length];
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const furthest = trace[changes] ?? new Map<number, number>();
    const diagonal = old - fresh;
    const inserted = isInsertion(furthest, diagonal, changes);
    const before = inserted ? diagonal + 1 : diagonal - 1;
    const oldBefore = changes === 0 ? 0 : at(furthest, before);
    const freshBefore = changes === 0 ? 0 : oldBefore - before;
    while (old > oldBefore && fresh > freshBefore) {
      old -= 1;
      fresh -= 1;
      lines.push({ mark: ' ', text: from[old] ?? '' });
    }
    if (changes === 0) break;
    lines.push(inserted ? { mark: '+', text: to[freshBefore] ?? '' } : { mark: '-', text: from[oldBefore] ?? '' });
    [old, fresh] = [oldBefore, freshBefore];
  }
  return lines.reverse();
}

/** A stretch of lines, `[from, to)`. */
type Hunk = { readonly from: number; readonly to: number };

/** Changes with their surroundings; those that touch are one. */
function hunksOf(lines: readonly Line[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  lines.forEach(({ mark }, index) => {
    if (mark === ' ') return;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to };
    else hunks.push({ from, to });
  });
  return hunks;
}

function printHunk(lines: readonly Line[], { from, to }: Hunk): string {
  const inside = lines.slice(from, to);
  const range = (mark: '-' | '+'): string => {
    const belongs = (line: Line): boolean => line.mark === ' ' || line.mark === mark;
    const length = inside.filter(belongs).length;
    const before = lines.slice(0, from).filter(belongs).length;
    // An empty range names the line before it.
    return `${mark}${length === 0 ? before : before + 1},${length}`;
  };
  const body = inside.map(({ mark, text }) => `${mark}${text.endsWith('\n') ? text : `${text}\n${UNENDED}`}`).join('');
  return `@@ ${range('-')} ${range('+')} @@\n${body}`;
}
