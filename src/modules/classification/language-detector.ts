import type { Language } from '../../domain/classification/classification.js';
import { languageOf } from '../../domain/classification/classification.js';

/** The part of `eld` that is used; it names languages by ISO 639-1. */
type Eld = {
  detect(text: string): { getScores(): Record<string, number> };
  setLanguageSubset(languages: string[]): unknown;
  enableTextCleanup(flag: boolean): void;
};

export type DetectionScope = {
  /** Locale tags of the tenant's languages; the answer is one of them or null. */
  readonly among: readonly string[];
  /** What to assume when the text does not say: the conversation's last language, else the shop's. */
  readonly prior: string | null;
};

/** Below this many letters two- and three-word messages are spelled alike in Portuguese and Spanish. */
const MIN_LETTERS = 15;

/** A prior this close to the best score wins: `eld` separates near languages no better than that. */
const MARGIN = 0.02;

/** Text of one language with a foreign brand or model name in it still has its script in this share of its letters. */
const HAN_SHARE = 0.3;
const LATIN_SHARE = 0.5;

/** `eld` reads no more than this itself. */
const MAX_TEXT = 1_000;

function count(text: string, script: RegExp): number {
  return text.match(script)?.length ?? 0;
}

/**
 * Names the language of a text among a tenant's languages.
 *
 * `eld` in its extra small size: 30 MB of heap, about 90 MB resident after loading, 0.3 s to load (small: 45, 140 and
 * 0.55; large: 135, 420 and 2). Between four languages, with Chinese told by its script, the larger sizes named one
 * message in a hundred more; the prior is worth as much.
 */
export class LanguageDetector {
  readonly #eld: Eld;

  private constructor(eld: Eld) {
    this.#eld = eld;
  }

  /** Loads the n-grams; do it once per process, where messages are classified. */
  static async load(): Promise<LanguageDetector> {
    const { eld } = await import('eld/extrasmall');
    const own = eld.newInstance();
    own.setLanguageSubset(['pt', 'es', 'en']);
    own.enableTextCleanup(true);
    return new LanguageDetector(own);
  }

  /**
   * The language of `text`, the prior where the text is too short or undecided, or null = unknown (no prior, or a
   * script that none of the languages is written in). Takes any string.
   */
  detect(text: string, scope: DetectionScope): Language | null {
    const among = new Set(scope.among.map(languageOf).filter((language) => language !== null));
    const named = scope.prior === null ? null : languageOf(scope.prior);
    const prior = named !== null && among.has(named) ? named : null;
    const read = text.slice(0, MAX_TEXT);
    const letters = count(read, /\p{L}/gu);
    const latin = count(read, /\p{Script=Latin}/gu);
    const hasKana = count(read, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu) > 0;
    if (letters === 0) return prior;
    if (!hasKana && count(read, /\p{Script=Han}/gu) >= letters * HAN_SHARE) return among.has('zh-CN') ? 'zh-CN' : null;
    if (latin < letters * LATIN_SHARE) return null;
    return latin < MIN_LETTERS ? prior : this.#byScore(read, among, prior);
  }

  #byScore(text: string, among: ReadonlySet<Language>, prior: Language | null): Language | null {
    const scores = Object.entries(this.#eld.detect(text).getScores())
      .map(([tag, score]) => ({ language: languageOf(tag), score }))
      .filter((entry): entry is { language: Language; score: number } => entry.language !== null)
      .filter(({ language }) => among.has(language));
    const best = Math.max(0, ...scores.map(({ score }) => score));
    if (best === 0) return prior;
    const close = scores.filter(({ score }) => score >= best - MARGIN).map(({ language }) => language);
    return prior !== null && close.includes(prior)
      ? prior
      : (scores.find(({ score }) => score === best)?.language ?? null);
  }
}
