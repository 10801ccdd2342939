import type { StepPlan } from '../../definition/plan.js';
import { applySet } from '../actions.js';
import type { Course } from '../course.js';
import { notify } from '../notices.js';
import { runRules } from '../rules.js';
import type { Entered } from '../walk.js';

type Of<K extends StepPlan['kind']> = Extract<StepPlan, { kind: K }>;

/**
 * Takes over how the newest message was understood. On the opening message the rules run right after the first
 * classification, so that they see intent and urgency.
 */
export function enterClassify(course: Course): Entered {
  const id = course.state.newestMessageId;
  const known = id === null ? null : course.facts.get('message', id).classification;
  const first = !course.state.classified;
  course.set({ classified: true });
  if (known !== null) {
    const { intent, urgency, sensitive, language, confidence } = known;
    course.set({ intent, urgency, sensitive, language: language ?? course.state.language, confidence });
    course.record(
      'classification.recorded',
      { intent, urgency, sensitive, language, confidence, evidence: known.evidence, messageId: id },
      { classifier: { by: known.by, version: known.version } },
    );
  }
  if (first && id !== null) runRules(course);
  return { end: null };
}

/** The first true condition decides; none lets the token go on. Conditions passed over are recorded. */
export function enterChoose(course: Course, step: Of<'choose'>): Entered {
  const passedOver: { expression: string; values: unknown }[] = [];
  for (const choice of step.choices) {
    const values = course.valuesOf(choice.when);
    if (course.test(choice.when, { step: step.id })) {
      course.record(
        'step.chosen',
        { goto: choice.goto },
        { step: step.id, expression: choice.when.source, values, passedOver },
      );
      return { goto: choice.goto };
    }
    passedOver.push({ expression: choice.when.source, values });
  }
  course.record('step.chosen', { goto: null }, { step: step.id, passedOver });
  return { end: null };
}

export function enterSet(course: Course, step: Of<'set'>): Entered {
  applySet(course, step.set, { step: step.id });
  return { end: null };
}

export function enterNotify(course: Course, step: Of<'notify'>): Entered {
  notify(course, step.notify, { step: step.id });
  return { end: null };
}
