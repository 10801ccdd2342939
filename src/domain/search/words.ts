/** Which words of a text it can be found by. Source: the HTTP contract, `q`. */

/** UTF-16 units of a text that are read, and words kept of it: what a message costs in the index must stay bounded. */
export const MAX_TEXT = 10_000;
export const MAX_WORDS = 256;

/** Words a search may have; each is looked up by itself. */
export const MAX_SOUGHT = 16;

/** Longer words are found by their beginning. */
const MAX_LETTERS = 32;

/** Shorter words are in every text; digits say something at any length. */
const MIN_LETTERS = 3;

/** What stands between runs of letters and digits separates words; accents and invisible characters do not. */
const RUN = /[\p{L}\p{N}]+/gu;
const INVISIBLE = /[\p{M}\p{Cf}]/gu;
/** Written without spaces: a word is any two neighbours. */
const CONTINUOUS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const IS_CONTINUOUS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const DIGITS = /\p{Nd}/u;
/** Numbers people write with separators: orders, documents, telephones. */
const GROUPED = /(?<![\p{L}\p{Nd}])\p{Nd}+(?:[-./]\p{Nd}+)+(?![\p{L}\p{Nd}])/gu;

/**
 * The words a text is found by, each once: compatibility forms resolved, lower case, without accents; runs of Chinese,
 * Japanese and Thai as pairs of neighbours; digits at any length, numbers with separators also as one. Takes any string;
 * linear time.
 */
export function wordsOf(text: string): readonly string[] {
  const words = new Set<string>();
  for (const word of everyWord(folded(text))) {
    words.add(word);
    if (words.size === MAX_WORDS) break;
  }
  return [...words];
}

/**
 * The words a search asks for; all of them must be found. A number with separators is asked for as one, because its parts
 * are in many texts; a lone character of a script without spaces cannot be.
 *
 * @returns empty when nothing in the query can be looked for
 */
export function soughtWords(query: string): readonly string[] {
  const text = folded(query);
  const numbers = [...text.matchAll(GROUPED)].map(([number]) => joined(number));
  const rest = text.replace(GROUPED, ' ');
  return [...new Set([...numbers, ...runsOf(rest)])].slice(0, MAX_SOUGHT);
}

function folded(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().normalize('NFKD').toLowerCase().replace(INVISIBLE, '');
}

function* everyWord(text: string): Generator<string> {
  // Numbers come first: they are what a long text is looked for by.
  for (const [number] of text.matchAll(GROUPED)) yield joined(number);
  yield* runsOf(text);
}

function* runsOf(text: string): Generator<string> {
  for (const [run] of text.matchAll(RUN)) {
    for (const [part] of run.matchAll(CONTINUOUS)) {
      if (IS_CONTINUOUS.test(part)) yield* pairs(part);
      else if (part.length >= MIN_LETTERS || DIGITS.test(part)) yield part.slice(0, MAX_LETTERS);
    }
  }
}

function* pairs(run: string): Generator<string> {
  const characters = [...run];
  for (let at = 0; at + 1 < characters.length; at += 1) yield `${characters[at]}${characters[at + 1]}`;
}

function joined(number: string): string {
  return number.replace(/[^\p{Nd}]/gu, '').slice(0, MAX_LETTERS);
}
