import type { Intent, Urgency } from '../definition/plan.js';

/** The languages rules exist for, as the locale tags used everywhere in the product. */
export const LANGUAGES = ['pt-BR', 'es', 'en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Subjects that must reach a person whatever the intent is. */
export const SENSITIVE_SUBJECTS = ['refund', 'legal', 'chargeback', 'safety', 'personal_data'] as const;
export type SensitiveSubject = (typeof SENSITIVE_SUBJECTS)[number];

/** What one piece of evidence speaks for. */
export type Label = `intent:${Intent}` | `urgency:${Exclude<Urgency, 'normal'>}` | `sensitive:${SensitiveSubject}`;

/** Where a rule matched. Offsets are UTF-16 units into the text given to `classify`; the text itself is never copied. */
export type Evidence = {
  readonly rule: string;
  readonly label: Label;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
};

/** What a buyer's message is about, with the places it was read from. Holds no text, so it may be stored in clear. */
export type Classification = {
  readonly intent: Intent;
  readonly urgency: Urgency;
  /** True when any evidence is `sensitive:*`. */
  readonly sensitive: boolean;
  /** Null = unknown. */
  readonly language: Language | null;
  /** 0 (nothing recognised) to below 1, two decimals; the formula is in `classify.ts`. */
  readonly confidence: number;
  /** In text order, at most `MAX_EVIDENCE` entries. */
  readonly evidence: readonly Evidence[];
  /** The kind of classifier; every other implementation takes another name. */
  readonly by: string;
  /** Version of the rules or model, so that a stored classification can be explained later. */
  readonly version: string;
};

/** The language a locale tag of any region speaks (`pt`, `es-MX`, `zh-Hans-CN`), or null when no rules exist for it. */
export function languageOf(tag: string): Language | null {
  const primary = tag.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language.split('-')[0] === primary) ?? null;
}
