import type { Classification } from '../../domain/classification/classification.js';
import { classify } from '../../domain/classification/classify.js';
import { SHIPPED_RULES } from '../../domain/classification/rules/shipped.js';
import { LanguageDetector } from './language-detector.js';

export type MessageToClassify = {
  readonly text: string;
  /** Locale tags of the languages the tenant answers in. */
  readonly tenantLanguages: readonly string[];
  /** The conversation's last language, else the shop's; null = nothing known. */
  readonly prior: string | null;
};

/**
 * The seam for other classifiers (a trained model, a remote service): whatever reads a message answers in this shape,
 * with its own `by` and `version`. It may not throw for any text; one that asks a remote service belongs in an activity
 * of its own, never inside a transaction.
 */
export type Classifier = (message: MessageToClassify) => Promise<Classification>;

let detector: Promise<LanguageDetector> | null = null;

/** The shipped classifier: language by `eld`, everything else by rules. The first call loads the language data. */
export const classifyMessage: Classifier = async ({ text, tenantLanguages, prior }) => {
  detector ??= LanguageDetector.load();
  const language = (await detector).detect(text, { among: tenantLanguages, prior });
  return classify(text, language, SHIPPED_RULES);
};
