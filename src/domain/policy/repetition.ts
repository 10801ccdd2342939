import { tokenise } from '../classification/tokens.js';

/**
 * How alike two texts are, without either of them: each becomes a sketch, the smallest of the keyed hashes of its runs of words. Two
 * texts that share most runs share most of their sketches, whatever name or number differs between them.
 */

/** Words of a run. */
const RUN = 3;

/** Hashes of a sketch. */
const SKETCH = 24;

/** Texts with fewer words are what everybody writes: thanks, a greeting, yes. */
const MIN_WORDS = 8;

/** From this share on two texts are nearly the same. */
const ALIKE = 0.6;

/**
 * The runs of words of a text, without case, accents, punctuation and figures; empty where it is too short to tell anything. Chinese
 * counts by characters.
 */
export function runsOf(text: string): string[] {
  const words = tokenise(text)
    .map((token) => (/\d/.test(token.text) ? '0' : token.text))
    .filter((word) => word !== '?');
  if (words.length < MIN_WORDS) return [];
  const runs = words.slice(0, words.length - RUN + 1).map((_, at) => words.slice(at, at + RUN).join(' '));
  return [...new Set(runs)];
}

/** A text's sketch, from the hashes of its runs. */
export function sketchOf(hashes: readonly bigint[]): readonly bigint[] {
  return [...new Set(hashes)].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)).slice(0, SKETCH);
}

/** Whether two texts are nearly the same, by their sketches. */
export function isAlike(left: readonly bigint[], right: readonly bigint[]): boolean {
  const both = sketchOf([...left, ...right]);
  if (both.length === 0) return false;
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  const shared = both.filter((hash) => inLeft.has(hash) && inRight.has(hash)).length;
  return shared / both.length >= ALIKE;
}

/** Other conversations that got nearly the same text before one more counts as repetition. */
export const REPETITIONS = 3;
