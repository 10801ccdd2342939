import { RE2JS } from 're2js';
import { BoundedCache } from './bounded-cache.js';

/** Characters of a pattern. */
const MAX_PATTERN = 1_000;

/** Instructions of a compiled pattern: the time of one match is at most text length × instructions. */
const MAX_PROGRAM = 500;

export type Pattern =
  | { readonly ok: true; readonly matches: (text: string) => boolean; /** Instructions. */ readonly size: number }
  | { readonly ok: false; readonly message: string };

const patterns = new BoundedCache<Pattern>(500);

function compile(source: string): Pattern {
  if (source.length > MAX_PATTERN)
    return { ok: false, message: `the pattern is longer than ${MAX_PATTERN} characters` };
  try {
    const compiled = RE2JS.compile(source);
    const size = compiled.programSize();
    if (size > MAX_PROGRAM) {
      return { ok: false, message: `the pattern is too large: ${size} instructions, at most ${MAX_PROGRAM}` };
    }
    return { ok: true, matches: (text) => compiled.test(text), size };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'unknown error';
    return { ok: false, message: `not an RE2 pattern: ${reason}` };
  }
}

/**
 * Compiles an RE2 pattern (https://github.com/google/re2/wiki/Syntax): no back references and no look-around, in return a
 * match takes time linear in the text, whatever the pattern. `(?i)` works. A match may start anywhere in the text.
 */
export function compilePattern(source: string): Pattern {
  return patterns.get(source, () => compile(source));
}
