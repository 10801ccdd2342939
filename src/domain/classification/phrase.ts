import type { Token } from './tokens.js';
import { tokenise } from './tokens.js';

/**
 * Phrases are written in a small language, folded like the texts they are compared with:
 *
 * - words separated by spaces follow each other in one sentence;
 * - `a|b` either word; `de_volta` two words as one alternative;
 * - `devol*` a word beginning with these letters (three at least);
 * - `meu|minha?` a word that may be missing; `?` alone is the question mark;
 * - `~` up to a few words of any kind, a number each table sets.
 *
 * There is no repetition, so matching takes time linear in the text.
 */
type Word = { readonly text: string; readonly prefix: boolean };
type Slot =
  | { readonly kind: 'gap'; readonly max: number }
  | { readonly kind: 'words'; readonly alternatives: readonly (readonly Word[])[]; readonly optional: boolean };

export type Phrase = { readonly slots: readonly Slot[] };

/** Where a phrase matched: token positions, `end` exclusive. `tight` = no gap took a word. */
export type PhraseMatch = { readonly end: number; readonly tight: boolean };

const MIN_PREFIX = 3;
const MAX_GAPS = 2;

function parseAlternative(text: string, phrase: string): readonly Word[] {
  const prefix = text.endsWith('*');
  const tokens = tokenise(text.replaceAll('_', ' '));
  if (tokens.length === 0) throw new Error(`Phrase "${phrase}" has an empty alternative`);
  if (tokens.length > 1 && text.includes('?')) throw new Error(`Phrase "${phrase}" has a question mark inside a slot`);
  return tokens.map((token, index) => {
    const isPrefix = prefix && index === tokens.length - 1;
    if (isPrefix && token.text.length < MIN_PREFIX)
      throw new Error(`Phrase "${phrase}" has a prefix that is too short`);
    return { text: token.text, prefix: isPrefix };
  });
}

function parseSlot(text: string, gap: number, phrase: string): Slot {
  if (text === '~') return { kind: 'gap', max: gap };
  const optional = text.length > 1 && text.endsWith('?');
  const alternatives = (optional ? text.slice(0, -1) : text).split('|').map((part) => parseAlternative(part, phrase));
  return { kind: 'words', alternatives, optional };
}

/**
 * Reads one phrase. `gap` = how many words `~` may stand for.
 * Throws on a phrase that is malformed: rules are shipped with the program, so this is a defect.
 */
export function parsePhrase(phrase: string, gap: number): Phrase {
  const slots = phrase.split(' ').map((part) => parseSlot(part, gap, phrase));
  const [first] = slots;
  if (first?.kind !== 'words' || first.optional) throw new Error(`Phrase "${phrase}" has to begin with a word`);
  if (slots.at(-1)?.kind === 'gap') throw new Error(`Phrase "${phrase}" ends in a gap`);
  if (slots.filter((slot) => slot.kind === 'gap').length > MAX_GAPS)
    throw new Error(`Phrase "${phrase}" has many gaps`);
  return { slots };
}

/** The words a phrase may begin with, for the index that spares comparing every phrase at every word. */
export function firstWords(phrase: Phrase): readonly Word[] {
  const [first] = phrase.slots;
  if (first?.kind !== 'words') return [];
  return first.alternatives.flatMap((words) => words.slice(0, 1));
}

/** The index key of a prefix word, and of the words that could begin with one. */
export function prefixKey(word: string): string {
  return word.slice(0, MIN_PREFIX);
}

function endOfWords(words: readonly Word[], tokens: readonly Token[], from: number, sentence: number): number {
  for (let i = 0; i < words.length; i += 1) {
    const token = tokens[from + i];
    const word = words[i] as Word;
    if (token === undefined || token.sentence !== sentence) return -1;
    if (word.prefix ? !token.text.startsWith(word.text) : token.text !== word.text) return -1;
  }
  return from + words.length;
}

function matchFrom(
  slots: readonly Slot[],
  index: number,
  tokens: readonly Token[],
  from: number,
  sentence: number,
): PhraseMatch | null {
  const slot = slots[index];
  if (slot === undefined) return { end: from, tight: true };
  if (slot.kind === 'gap') {
    for (let skipped = 0; skipped <= slot.max; skipped += 1) {
      const rest = matchFrom(slots, index + 1, tokens, from + skipped, sentence);
      if (rest) return { end: rest.end, tight: rest.tight && skipped === 0 };
      if (tokens[from + skipped]?.sentence !== sentence) return null;
    }
    return null;
  }
  for (const words of slot.alternatives) {
    const end = endOfWords(words, tokens, from, sentence);
    const rest = end < 0 ? null : matchFrom(slots, index + 1, tokens, end, sentence);
    if (rest) return rest;
  }
  return slot.optional ? matchFrom(slots, index + 1, tokens, from, sentence) : null;
}

/** Matches a phrase at one token, taking the shortest gaps; null when it does not stand there. */
export function matchPhrase(phrase: Phrase, tokens: readonly Token[], from: number): PhraseMatch | null {
  const sentence = tokens[from]?.sentence;
  return sentence === undefined ? null : matchFrom(phrase.slots, 0, tokens, from, sentence);
}
