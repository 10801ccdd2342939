import { runActions } from './actions.js';
import type { Course } from './course.js';

/** Takes the plan's rules on the newest buyer message, in order; all that match act, `stop` ends the evaluation. */
export function runRules(course: Course): void {
  for (const rule of course.plan.rules) {
    if (!course.test(rule.when, { rule: rule.id })) continue;
    const because = { rule: rule.id, expression: rule.when.source, values: course.valuesOf(rule.when) };
    course.record('rule.matched', { rule: rule.id }, because);
    runActions(course, rule.do, because);
    if (rule.stop) return;
  }
}
