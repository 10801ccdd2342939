import type { Label, Language } from './classification.js';
import { LANGUAGES } from './classification.js';
import type { Phrase } from './phrase.js';
import { firstWords, parsePhrase, prefixKey } from './phrase.js';

/** How much a match says: 1 a hint that many messages hold, 2 a keyword, 3 a phrase that leaves little doubt. */
export type Weight = 1 | 2 | 3;

/**
 * One rule: phrases that mean the same, and what they speak for. A rule without labels is an exception: what it
 * covers ("não quero reembolso") says nothing, and hides the matches inside it.
 */
export type Rule = {
  /** Unique in its table, for example `refund.money-back`; the evidence shows it with the language before it. */
  readonly id: string;
  readonly labels: readonly Label[];
  readonly weight: Weight;
  readonly phrases: readonly string[];
};

/** The rules of one language. `gap` = the words (Chinese: characters) `~` may stand for. */
export type RuleTable = { readonly gap: number; readonly rules: readonly Rule[] };

export type CompiledRule = Omit<Rule, 'phrases'>;
export type Entry = { readonly rule: CompiledRule; readonly phrase: Phrase };

/** A table ready to match: entries by their first word, exact or by its first letters. */
export type CompiledTable = {
  readonly language: Language;
  readonly exact: ReadonlyMap<string, readonly Entry[]>;
  readonly prefix: ReadonlyMap<string, readonly Entry[]>;
};

export type RuleSet = { readonly version: string; readonly tables: readonly CompiledTable[] };

function compileTable(language: Language, table: RuleTable): CompiledTable {
  const exact = new Map<string, Entry[]>();
  const prefix = new Map<string, Entry[]>();
  const seen = new Set<string>();
  for (const { phrases, ...rule } of table.rules) {
    if (seen.has(rule.id)) throw new Error(`Rule "${rule.id}" of ${language} is there twice`);
    seen.add(rule.id);
    const compiled = { ...rule, id: `${language}.${rule.id}` };
    for (const text of phrases) {
      const phrase = parsePhrase(text, table.gap);
      const keys = new Set(firstWords(phrase).map((word) => (word.prefix ? `*${prefixKey(word.text)}` : word.text)));
      for (const key of keys) {
        const index = key.startsWith('*') ? prefix : exact;
        const name = key.replace('*', '');
        index.set(name, [...(index.get(name) ?? []), { rule: compiled, phrase }]);
      }
    }
  }
  return { language, exact, prefix };
}

/**
 * Prepares rules for `classify`. `version` names this wording of the rules and is stored with every classification.
 * Throws on a malformed phrase or a repeated id.
 */
export function compileRules(version: string, tables: Readonly<Record<Language, RuleTable>>): RuleSet {
  return { version, tables: LANGUAGES.map((language) => compileTable(language, tables[language])) };
}
