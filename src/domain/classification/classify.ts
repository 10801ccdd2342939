import type { Intent, Urgency } from '../definition/plan.js';
import type { Classification, Evidence, Label, Language } from './classification.js';
import { matchPhrase, prefixKey } from './phrase.js';
import type { CompiledRule, CompiledTable, Entry, RuleSet } from './rule-set.js';
import type { Token } from './tokens.js';
import { tokenise } from './tokens.js';

/** Evidence beyond this is left out; the first matches explain a decision well enough. */
export const MAX_EVIDENCE = 24;

/** Ties go to the intent whose oversight costs more: money first, talk last. */
const PRECEDENCE: readonly Intent[] = [
  'refund',
  'return',
  'complaint',
  'invoice',
  'delivery',
  'order_status',
  'price',
  'presale',
];

/** What rules of another language than the message's count for, when its own rules recognise nothing. */
const FOREIGN = 0.8;

/** `from`/`to` are token positions, `to` exclusive; `labels` is what is left after longer matches hid some. */
type Match = {
  readonly rule: CompiledRule;
  readonly labels: readonly Label[];
  readonly from: number;
  readonly to: number;
  readonly tight: boolean;
};

function entriesAt(table: CompiledTable, token: Token): readonly Entry[] {
  const exact = table.exact.get(token.text) ?? [];
  const prefix = table.prefix.get(prefixKey(token.text)) ?? [];
  return prefix.length === 0 ? exact : [...exact, ...prefix];
}

function matchesOf(table: CompiledTable, tokens: readonly Token[]): readonly Match[] {
  const matches: Match[] = [];
  tokens.forEach((token, from) => {
    for (const { rule, phrase } of entriesAt(table, token)) {
      const found = matchPhrase(phrase, tokens, from);
      if (found) matches.push({ rule, labels: rule.labels, from, to: found.end, tight: found.tight });
    }
  });
  return matches;
}

/** For each token position, how far the longest of some matches beginning at or before it reaches. */
type Cover = { readonly at: readonly number[]; readonly before: readonly number[] };

function coverOf(matches: readonly Match[], length: number): Cover {
  const at = new Array<number>(length + 1).fill(0);
  for (const match of matches) at[match.from] = Math.max(at[match.from] ?? 0, match.to);
  const before = new Array<number>(length + 1).fill(0);
  for (let i = 1; i <= length; i += 1) before[i] = Math.max(before[i - 1] ?? 0, at[i - 1] ?? 0);
  return { at, before };
}

function isInside(match: Match, cover: Cover): boolean {
  return (cover.before[match.from] ?? 0) >= match.to || (cover.at[match.from] ?? 0) > match.to;
}

const isIntent = (label: Label): boolean => label.startsWith('intent:');

/**
 * The longest wording wins: a word inside a longer unbroken phrase that has an intent of its own ("devolver" in
 * "devolver meu dinheiro") does not count, and inside an exception nothing counts.
 */
function withoutHidden(matches: readonly Match[], exceptions: Cover, length: number): readonly Match[] {
  const intents = coverOf(
    matches.filter((match) => match.tight && match.labels.some(isIntent)),
    length,
  );
  return matches
    .filter((match) => !isInside(match, exceptions))
    .map((match) => (isInside(match, intents) ? keepLabels(match, (label) => !isIntent(label)) : match));
}

function keepLabels(match: Match, keep: (label: Label) => boolean): Match {
  return { ...match, labels: match.labels.filter(keep) };
}

type Found = { readonly own: boolean; readonly matches: readonly Match[] };

/** What each table found. Exceptions hold across tables: a courtesy of one language is none of another's business. */
function find(text: readonly Token[], language: Language | null, rules: RuleSet): readonly Found[] {
  const all = rules.tables.map((table) => ({
    own: language === null || table.language === language,
    matches: matchesOf(table, text),
  }));
  const exceptions = coverOf(
    all.flatMap(({ matches }) => matches.filter((match) => match.tight && match.labels.length === 0)),
    text.length,
  );
  return all.map(({ own, matches }) => ({ own, matches: withoutHidden(matches, exceptions, text.length) }));
}

type Scores = ReadonlyMap<Intent, number>;

/** Each rule counts once for its intent, however often it matched. */
function scoresOf(matches: readonly Match[]): Scores {
  const counted = new Set<string>();
  const scores = new Map<Intent, number>();
  for (const { rule, labels } of matches) {
    const intent = labels.find(isIntent)?.slice('intent:'.length) as Intent | undefined;
    if (intent === undefined || counted.has(rule.id)) continue;
    counted.add(rule.id);
    scores.set(intent, (scores.get(intent) ?? 0) + rule.weight);
  }
  return scores;
}

/** Tables say the same in several languages ("pedido"), so their scores are compared, not added. */
function highest(tables: readonly Found[]): Scores {
  const merged = new Map<Intent, number>();
  for (const { matches } of tables) {
    for (const [intent, score] of scoresOf(matches)) merged.set(intent, Math.max(merged.get(intent) ?? 0, score));
  }
  return merged;
}

const names = (scores: Scores): boolean => PRECEDENCE.some((intent) => scores.has(intent));

type Reading = { readonly tables: readonly Found[]; readonly scores: Scores };

function readingOf(tables: readonly Found[]): Reading {
  return { tables, scores: highest(tables) };
}

/**
 * Whose word counts: the message's own language without hints, else any language without hints, else hints. A question
 * mark or "meu pedido" must neither outvote nor weaken a phrase.
 */
function readingFor(found: readonly Found[]): Reading {
  const strong = found.map((table) => ({ ...table, matches: table.matches.filter((match) => match.rule.weight > 1) }));
  const own = readingOf(strong.filter((table) => table.own));
  if (names(own.scores)) return own;
  const any = readingOf(strong);
  return any.scores.size > 0 ? any : readingOf(found.filter((table) => table.own));
}

type Verdict = { readonly intent: Intent; readonly confidence: number };

function verdictOf({ tables, scores }: Reading): Verdict {
  const score = (intent: Intent | undefined): number => (intent === undefined ? 0 : (scores.get(intent) ?? 0));
  const ranked = PRECEDENCE.filter((intent) => scores.has(intent)).sort((a, b) => score(b) - score(a));
  const intent = ranked[0] ?? 'other';
  const best = score(intent);
  if (best === 0) return { intent, confidence: 0 };
  const isOwn = highest(tables.filter((table) => table.own)).has(intent);
  const confidence = (best / (best + 1)) * (best / (best + score(ranked[1]))) * (isOwn ? 1 : FOREIGN);
  return { intent, confidence: Math.round(confidence * 100) / 100 };
}

function urgencyOf(labels: ReadonlySet<Label>, intent: Intent): Urgency {
  if (labels.has('urgency:critical')) return 'critical';
  if (labels.has('urgency:high')) return 'high';
  return labels.has('urgency:low') && intent === 'other' ? 'low' : 'normal';
}

/** Two phrases of one rule may match at the same place; one entry says it. */
function evidenceOf(matches: readonly Match[], tokens: readonly Token[]): readonly Evidence[] {
  const entries = new Map<string, Evidence>();
  for (const { rule, labels, from, to } of matches) {
    const start = tokens[from]?.start ?? 0;
    const end = tokens[to - 1]?.end ?? 0;
    for (const label of labels) entries.set(`${rule.id} ${label} ${start}`, { rule: rule.id, label, start, end });
  }
  return [...entries.values()].sort((a, b) => a.start - b.start || b.end - a.end).slice(0, MAX_EVIDENCE);
}

/**
 * Says what a buyer wants, how urgent and how sensitive it is, by rules alone. Pure and total: any string gives an
 * answer; time is linear in the text, of which `MAX_TEXT` units are read.
 *
 * `language` chooses the table (null = unknown: all of them). Should its own table recognise no intent, the others are
 * asked. Urgency and sensitive subjects are looked for in all tables always, because a language guessed wrong must not
 * keep a threat or an injury from reaching a person.
 *
 * Confidence = best / (best + 1) × best / (best + rival), where best and rival are the summed weights of the rules that
 * spoke for the winning and for the next intent; × 0.8 when only another language's rules named the intent. One phrase
 * alone gives 0.75, one keyword 0.67, one hint 0.5, two equal rivals half of that, nothing 0. Hints count only where no
 * keyword or phrase matched; `other` wins only where no other intent was found.
 */
export function classify(text: string, language: Language | null, rules: RuleSet): Classification {
  const tokens = tokenise(text);
  const found = find(tokens, language, rules);
  const reading = readingFor(found);
  const matches = [
    ...reading.tables.flatMap((table) => table.matches.map((match) => keepLabels(match, isIntent))),
    ...found.flatMap((table) => table.matches.map((match) => keepLabels(match, (label) => !isIntent(label)))),
  ];
  const labels = new Set(matches.flatMap((match) => match.labels));
  const { intent, confidence } = verdictOf(reading);
  return {
    intent,
    urgency: urgencyOf(labels, intent),
    sensitive: [...labels].some((label) => label.startsWith('sensitive:')),
    language,
    confidence,
    evidence: evidenceOf(matches, tokens),
    by: 'rules',
    version: rules.version,
  };
}
