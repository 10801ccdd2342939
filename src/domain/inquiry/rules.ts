import { runActions } from './actions.js';
import type { Course } from './course.js';

/**
 * Takes the plan's rules on the newest buyer message, in order; all that match act, `stop` ends the evaluation. Those that were
 * looked at and did not match are recorded with what they read: why a rule did not act is asked as often as why one did.
 */
export function runRules(course: Course): void {
  const passedOver: { rule: string; expression: string; values: unknown }[] = [];
  let stoppedBy: string | null = null;
  for (const rule of course.plan.rules) {
    const read = { rule: rule.id, expression: rule.when.source, values: course.valuesOf(rule.when) };
    if (!course.test(rule.when, { rule: rule.id })) {
      passedOver.push(read);
      continue;
    }
    course.record('rule.matched', { rule: rule.id }, read);
    runActions(course, rule.do, read);
    if (!rule.stop) continue;
    stoppedBy = rule.id;
    break;
  }
  if (passedOver.length === 0) return;
  course.record('rule.passed_over', { rules: passedOver.map(({ rule }) => rule), stoppedBy }, { passedOver });
}
