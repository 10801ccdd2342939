import { INTENTS } from '../definition/plan.js';
import type { Label } from './classification.js';
import { SENSITIVE_SUBJECTS } from './classification.js';
import type { Rule, RuleTable, Weight } from './rule-set.js';

const LABELS: ReadonlySet<string> = new Set([
  ...INTENTS.map((intent) => `intent:${intent}`),
  ...SENSITIVE_SUBJECTS.map((subject) => `sensitive:${subject}`),
  ...['low', 'high', 'critical'].map((urgency) => `urgency:${urgency}`),
]);

const isLabel = (text: string): text is Label => LABELS.has(text);
const isWeight = (value: number): value is Weight => value === 1 || value === 2 || value === 3;

function readHead(line: string): Omit<Rule, 'phrases'> {
  const [name = '', weight = '', ...labels] = line.split(' ');
  const id = name.slice(1, -1);
  const value = Number(weight);
  if (!name.endsWith(']') || id === '' || !isWeight(value))
    throw new Error(`Rule "${line}" needs an [id] and a weight`);
  const unknown = labels.find((label) => !isLabel(label));
  if (unknown !== undefined) throw new Error(`Rule "${id}" has the unknown label "${unknown}"`);
  return { id, weight: value, labels: labels.filter(isLabel) };
}

/**
 * Reads a table of rules from text: `[id] weight labels…` begins a rule, each line below it is one phrase in the
 * language of `phrase.ts`, `#` a remark. Text keeps hundreds of phrases readable for those who know the language and
 * not the program. `gap` = the words `~` may stand for. Throws on a malformed head or a phrase outside a rule.
 */
export function readTable(gap: number, text: string): RuleTable {
  const rules: { id: string; weight: Weight; labels: readonly Label[]; phrases: string[] }[] = [];
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      rules.push({ ...readHead(line), phrases: [] });
      continue;
    }
    const rule = rules.at(-1);
    if (!rule) throw new Error(`Phrase "${line}" stands before the first rule`);
    rule.phrases.push(line);
  }
  return { gap, rules };
}
