import type { Access, Answer } from './connector.js';

/** Figures by which platforms rate how a shop answers, in words that all of them share. */
export const METRIC_NAMES = ['response_rate', 'response_time', 'average_response_time', 'unanswered'] as const;

export const METRIC_UNITS = ['percent', 'minutes', 'count'] as const;

export const COMPARATORS = ['<', '<=', '>', '>=', '='] as const;

/** One figure, as the platform counted it last. */
export type ShopMetric = {
  readonly name: (typeof METRIC_NAMES)[number];
  /** Which part of the week it is about, in a word of the connector's; null = all of it. */
  readonly part: string | null;
  readonly value: number;
  readonly unit: (typeof METRIC_UNITS)[number];
  /** What the platform asks for, in the same unit; null where it says nothing. */
  readonly target: { readonly value: number; readonly comparator: (typeof COMPARATORS)[number] } | null;
};

/** How the platform itself rates a shop. What it knows nothing of yet is left out. */
export type Metrics = {
  read(access: Access): Promise<Answer<readonly ShopMetric[]>>;
};
