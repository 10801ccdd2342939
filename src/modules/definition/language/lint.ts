import type { Environment } from './environment.js';
import { checkCalls } from './lint/calls.js';
import { checkConditions } from './lint/conditions.js';
import { checkConstants } from './lint/constants.js';
import { checkCoverage } from './lint/coverage.js';
import { checkExpressions } from './lint/expressions.js';
import { checkForms } from './lint/forms.js';
import { checkFlow } from './lint/flow.js';
import { checkLimits } from './lint/limits.js';
import { checkMessages } from './lint/messages.js';
import { checkObligations } from './lint/obligations.js';
import { checkOutcomes } from './lint/outcomes.js';
import { checkReferences } from './lint/references.js';
import { Report } from './lint/report.js';
import type { Check } from './lint/report.js';
import { checkSupported } from './lint/supported.js';
import type { Problem } from './problem.js';
import type { DefinitionDocument } from './schema/schema.js';
import type { Source } from './source.js';

const CHECKS: readonly Check[] = [
  checkSupported,
  checkOutcomes,
  checkForms,
  checkCalls,
  checkMessages,
  checkObligations,
  checkConditions,
  checkCoverage,
  checkExpressions,
  checkConstants,
];

/** Where the token goes says nothing while a step it goes to does not exist, or is two. */
const BROKEN_STEPS = new Set(['unknown_step', 'duplicate_id']);

/**
 * Looks for everything in a document of the right shape that would go wrong when it runs (docs/definitions.md). A
 * document over its limits is not looked at any further.
 */
export function lint(source: Source, document: DefinitionDocument, environment: Environment): readonly Problem[] {
  const report = new Report(source, document, environment);
  checkLimits(report);
  if (report.problems.length > 0) return report.problems;
  checkReferences(report);
  const broken = report.problems.some(({ code }) => BROKEN_STEPS.has(code));
  if (!broken) checkFlow(report);
  for (const check of CHECKS) check(report);
  return report.problems;
}
