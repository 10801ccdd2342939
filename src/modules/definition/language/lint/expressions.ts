import { checkExpression, referencedPaths } from '../../../../domain/expression/expression.js';
import type { DataTypes } from '../../../../domain/expression/expression.js';
import type { DataType } from '../../../../domain/definition/plan.js';
import type { DefinitionDocument } from '../schema/schema.js';
import { expressionsOf, sendsOf, stepsOf } from '../walk.js';
import type { ExpressionUse } from '../walk.js';
import type { Report } from './report.js';

/** What `data` holds: declared fields, and a record for each named event, form and call. */
export function dataTypesOf(document: DefinitionDocument): DataTypes {
  const types: Record<string, DataTypes[string]> = { ...document.data, ...document.events };
  for (const { step } of stepsOf(document)) {
    if (step.call) types[step.id] = { ...step.call.returns, code: 'string' };
    if (step.task?.fields) types[step.id] = formTypes(step.task.fields);
  }
  return types;
}

type FormFields = NonNullable<NonNullable<DefinitionDocument['steps'][number]['task']>['fields']>;

function formTypes(fields: FormFields): Readonly<Record<string, DataType>> {
  const entries = Object.entries(fields).map(([name, field]): [string, DataType] => {
    const type = typeof field === 'string' ? field : field.type;
    return [name, type === 'choice' ? 'string' : type];
  });
  return Object.fromEntries(entries);
}

const NAMES = 'The names and types are listed under "Expressions" in docs/definitions.md.';

function checkUse(report: Report, use: ExpressionUse, data: DataTypes): void {
  const { source } = report;
  if (source.style(use.path) === 'plain') {
    const message = `an expression is a quoted string; this is written without quotes`;
    report.add('schema_invalid', use.path, message, `Put it in single quotes: '${use.source.replaceAll("'", "''")}'.`);
    return;
  }
  const result = checkExpression(use.source, { data, expect: use.expect, scope: use.scope });
  for (const { message, offset, about } of result.ok ? [] : result.problems) {
    const place = source.locateIn(use.path, offset);
    if (about === 'data') report.addAt('unknown_field', use.path, place, message, 'Declare it in data:.');
    else report.addAt('expression_type', use.path, place, message, NAMES);
  }
}

/** What reads a calendar needs one: without it every condition on opening hours would fail at run time. */
function checkCalendar(report: Report, uses: readonly ExpressionUse[]): void {
  if (report.document.calendar !== undefined) return;
  const readers = [
    ...uses.filter(({ source }) => referencedPaths(source).some((path) => path.startsWith('calendar.'))),
    ...sendsOf(report.document)
      .filter(({ send }) => send.once === 'closed_period')
      .map(({ path }) => ({ path: [...path, 'once'] })),
  ];
  for (const { path } of readers) {
    const message = 'reads opening hours, but the definition names no calendar';
    report.add('unknown_calendar', path, message, 'Add calendar: to the definition.');
  }
}

/** Types of every expression, and the constants of declared data. */
export function checkExpressions(report: Report): void {
  const { document } = report;
  const data = dataTypesOf(document);
  const uses = expressionsOf(document);
  for (const use of uses) checkUse(report, use, data);
  checkCalendar(report, uses);
}
