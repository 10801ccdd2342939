import type { PolicyRule } from './rules.js';

/** Something that stands in a text; UTF-16 offsets, `end` exclusive. */
export type Sighting = {
  readonly rule: PolicyRule;
  readonly start: number;
  readonly end: number;
  /** false = it may be something harmless that looks alike; nothing is blocked for it. */
  readonly sure: boolean;
};

/** Every match of a pattern, which must be global. */
export function sightings(rule: PolicyRule, pattern: RegExp, text: string, sure = true): Sighting[] {
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
    ...{ rule, start: index, end: index + found.length, sure },
  }));
}
