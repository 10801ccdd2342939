import { stepsOf } from '../walk.js';
import type { StepUse } from '../walk.js';
import { outcomesOf, rests } from './graph.js';
import type { Report } from './report.js';
import { anyOf } from './report.js';

function checkNames(report: Report, { path, step }: StepUse): void {
  const outcomes = outcomesOf(step);
  for (const name of Object.keys(step.on ?? {})) {
    if (outcomes.includes(name)) continue;
    const message = `"${step.id}" has no outcome "${name}"`;
    const remedy = outcomes.length === 0 ? 'Remove it: it has none.' : `Remove it: it has ${anyOf(outcomes)}.`;
    report.addAtKey('schema_invalid', [...path, 'on', name], message, remedy);
  }
}

function checkHandled(report: Report, { path, step }: StepUse): void {
  if (step.goto !== undefined || !(rests(step) || step.call)) return;
  for (const outcome of outcomesOf(step)) {
    if (Object.hasOwn(step.on ?? {}, outcome)) continue;
    const message = `"${step.id}" does not say what follows "${outcome}"`;
    report.add('outcome_not_handled', [...path, 'on'], message, `Add on: { ${outcome}: <step> }, or a goto.`);
  }
}

/** Each step by itself: outcomes it does not have, outcomes nobody handles, waits without an end. */
export function checkOutcomes(report: Report): void {
  for (const use of stepsOf(report.document)) {
    checkNames(report, use);
    checkHandled(report, use);
    if (!use.step.wait || use.step.wait.until !== undefined) continue;
    const message = `"${use.step.id}" may wait for ever`;
    report.add('wait_without_exit', [...use.path, 'wait'], message, 'Add until: with a duration or an instant.');
  }
}
