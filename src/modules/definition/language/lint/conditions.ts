import { conjunctsOf } from '../../../../domain/expression/expression.js';
import type { Path } from '../source.js';
import { actionsOf, stepsOf } from '../walk.js';
import type { Report } from './report.js';

type Condition = {
  readonly path: Path;
  readonly when: string;
  /** Ends the search when true. */ readonly ends: boolean;
};

const ALWAYS = 'true';

/** True when `when` can only be true if `earlier` is: it has all of its conjuncts, or `earlier` is always true. */
function implies(when: string, earlier: string): boolean {
  const needed = conjunctsOf(earlier);
  const given = conjunctsOf(when);
  return needed !== null && given !== null && needed.every((part) => part === ALWAYS || given.includes(part));
}

function checkShadows(report: Report, conditions: readonly Condition[]): void {
  for (const [index, { path, when }] of conditions.entries()) {
    const earlier = conditions.slice(0, index).find((other) => other.ends && implies(when, other.when));
    if (!earlier) continue;
    const message = `never comes to be: whenever it is true, ${report.source.nameOf(earlier.path)} is true before it`;
    report.add('rule_shadowed', path, message, 'Put the narrower condition first, or remove one of the two.');
  }
}

/** Lists of which the first true condition wins: no entry may hide another; and gotos that take a task away. */
export function checkConditions(report: Report): void {
  const { document } = report;
  const rules = (document.rules ?? []).map(({ when, stop }, index) => {
    return { path: ['rules', index, 'when'], when, ends: stop === true };
  });
  checkShadows(report, rules);
  for (const { path, step } of stepsOf(document)) {
    const choices = (step.choose ?? []).map(({ when }, index) => {
      return { path: [...path, 'choose', index, 'when'], when, ends: true };
    });
    checkShadows(report, choices);
  }
  for (const [name, { within }] of Object.entries(document.obligations ?? {})) {
    if (typeof within === 'string') continue;
    const targets = within.flatMap(({ when }, index) => {
      return when === undefined ? [] : [{ path: ['obligations', name, 'within', index, 'when'], when, ends: true }];
    });
    checkShadows(report, targets);
  }
  for (const { path, action } of actionsOf(document)) {
    if (!action.interrupt) continue;
    const message = 'takes the task from whoever holds it at that moment';
    report.add('task_interrupt', [...path, 'interrupt'], message, 'Leave interrupt out unless that is what you want.');
  }
}
