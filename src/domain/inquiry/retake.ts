import type { Plan } from '../definition/plan.js';
import { decide } from './decide.js';
import type { Decision } from './decide.js';
import type { ExpressionAnswer, Texts } from './course.js';
import type { DueRef } from './due.js';
import type { InquiryEvent } from './events.js';
import type { FactMap } from './facts.js';
import { setAside } from './set-aside.js';
import { emptyState } from './state.js';
import type { InquiryState } from './state.js';

/** What failed and why it was put aside. */
export type Aside = {
  readonly eventKind: string;
  readonly inboxId: string | null;
  readonly code: string;
  readonly due: DueRef | null;
};

/** A decision as it was recorded when it was taken. */
export type RecordedDecision = {
  /** Number of its last history entry. */
  readonly seq: number;
  /** Epoch ms at which it was taken. */
  readonly at: number;
  readonly event: InquiryEvent;
  /** Set where the event had failed and was put aside instead. */
  readonly aside: Aside | null;
  readonly facts: FactMap;
  readonly answers: readonly ExpressionAnswer[];
  readonly entries: readonly unknown[];
  readonly effects: readonly unknown[];
  /** Fingerprint of the state after it. */
  readonly after: string;
};

/** Where a decision taken again came out otherwise. */
export type Difference = {
  readonly seq: number;
  readonly what: 'fact' | 'entries' | 'effects' | 'state' | 'failure';
  readonly expected: unknown;
  readonly actual: unknown;
};

export type RetakeInput = {
  /** The plan the inquiry began on; decisions that brought it onto another one carry that. */
  readonly plan: Plan;
  readonly openedAt: number;
  /** Texts that still exist; where one is gone, the recorded answers of expressions stand. */
  readonly texts: Texts;
  readonly decisions: readonly RecordedDecision[];
  /** The same value always gives the same text, whatever the order of its members. */
  readonly canonical: (value: unknown) => string;
  /** The fingerprint that `after` was made with. */
  readonly fingerprint: (state: InquiryState) => string;
};

/** Where the decisions so far have led. */
type Standing = Pick<Decision, 'state' | 'plan'>;

/**
 * Takes the decisions of an inquiry again, each on the state the ones before it led to, and tells where entries, effects or
 * state come out otherwise than recorded. A decision that cannot be taken again ends the comparison: nothing could follow.
 */
export function retake(input: RetakeInput): Difference[] {
  let standing: Standing = { state: emptyState(input.openedAt), plan: input.plan };
  const differences: Difference[] = [];
  for (const recorded of input.decisions) {
    const taken = takeAgain(input, standing, recorded);
    if ('what' in taken) return [...differences, taken];
    differences.push(...compare(input, recorded, taken));
    standing = taken;
  }
  return differences;
}

function takeAgain(
  { texts }: RetakeInput,
  { state, plan }: Standing,
  recorded: RecordedDecision,
): Decision | Difference {
  const { seq, at, event, facts, answers } = recorded;
  try {
    const decision =
      recorded.aside === null
        ? decide({ plan, state, event, facts, texts, answers, now: at })
        : setAside({ plan, state, facts, now: at, ...recorded.aside });
    if (!('missing' in decision)) return decision;
    return { seq, what: 'fact', expected: Object.keys(facts), actual: decision.missing };
  } catch (error) {
    // The message may hold what was decided on.
    return { seq, what: 'failure', expected: null, actual: error instanceof Error ? error.name : 'unknown' };
  }
}

function compare(input: RetakeInput, recorded: RecordedDecision, taken: Decision): Difference[] {
  const { seq, after } = recorded;
  const state = input.fingerprint(taken.state);
  return [
    ...unlike(input, { seq, what: 'entries' }, recorded.entries, taken.entries),
    ...unlike(input, { seq, what: 'effects' }, recorded.effects, taken.effects),
    ...(state === after ? [] : [{ seq, what: 'state' as const, expected: after, actual: state }]),
  ];
}

/** The members of two lists that differ, each with its own difference. */
function unlike(
  { canonical }: RetakeInput,
  where: Pick<Difference, 'seq' | 'what'>,
  expected: readonly unknown[],
  actual: readonly unknown[],
): Difference[] {
  const length = Math.max(expected.length, actual.length);
  return Array.from({ length }, (_, index) => index)
    .filter((index) => canonical(expected[index] ?? null) !== canonical(actual[index] ?? null))
    .map((index) => ({ ...where, expected: expected[index] ?? null, actual: actual[index] ?? null }));
}
