import type { TimelineEntry } from './run.js';

/** What a scenario says must come about, or with `never` must not. */
export type Expectation = {
  /** Epoch ms; null = whenever. */
  readonly at: number | null;
  readonly kind: string;
  readonly step: string | null;
  /** Members the entry's data must have; an instant as RFC 3339 stands for its epoch ms. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly never: boolean;
};

/** An expectation that was not met. */
export type Unmet = {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly expected: Expectation;
  /** Entries of the same kind as they came about, which is where to look first. */
  readonly instead: readonly Pick<TimelineEntry, 'at' | 'step' | 'data'>[];
};

/**
 * Holds a history against what was expected of it. Expectations are met in their order, each by an entry of its own; a
 * `never` is about the whole history.
 */
export function unmet(expectations: readonly Expectation[], timeline: readonly TimelineEntry[]): Unmet[] {
  const failures: Unmet[] = [];
  let from = 0;
  expectations.forEach((expected, index) => {
    const found = timeline.findIndex((entry, place) => (expected.never || place >= from) && isMet(expected, entry));
    if (expected.never ? found === -1 : found !== -1) {
      if (!expected.never) from = found + 1;
      return;
    }
    const alike = timeline.filter(({ kind }) => kind === expected.kind);
    failures.push({ index, expected, instead: alike.map(({ at, step, data }) => ({ at, step, data })) });
  });
  return failures;
}

function isMet(expected: Expectation, entry: TimelineEntry): boolean {
  return (
    entry.kind === expected.kind &&
    (expected.at === null || entry.at === expected.at) &&
    (expected.step === null || entry.step === expected.step) &&
    Object.entries(expected.data).every(([name, value]) => isLike(value, entry.data[name]))
  );
}

/** Whether a value has everything that is expected of it; an object may have more. */
function isLike(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string' && typeof actual === 'number') return Date.parse(expected) === actual;
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return false;
    return expected.every((value, index) => isLike(value, actual[index]));
  }
  return Object.entries(expected).every(([name, value]) => isLike(value, (actual as Record<string, unknown>)[name]));
}
