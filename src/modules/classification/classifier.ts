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

/**
 * Loads the language data, once per process; before the first message where that can be chosen. Loading takes a third of a
 * second of computing, and several on a busy machine: too long for the transaction that accepts a message.
 */
export async function loadClassifier(): Promise<void> {
  await (detector ??= LanguageDetector.load());
}

/** The shipped classifier: language by `eld`, everything else by rules. */
export const classifyMessage: Classifier = async ({ text, tenantLanguages, prior }) => {
  const language = (await (detector ??= LanguageDetector.load())).detect(text, { among: tenantLanguages, prior });
  return classify(text, language, SHIPPED_RULES);
};
