import type { DataType } from '../../../../domain/definition/plan.js';
import type { Path } from '../source.js';
import { stepsOf } from '../walk.js';
import type { StepUse } from '../walk.js';
import type { Report } from './report.js';

/** Members of the request that completes a task; a form's fields stand beside them. */
const RESERVED_FIELDS = ['action', 'token', 'note'];

/** What can end or move every task, whatever its form says. */
const RESERVED_OUTCOMES = ['hand_over', 'expired'];

type Field = DataType | { readonly type: string; readonly choices?: readonly string[] | undefined };

function checkField(report: Report, path: Path, name: string, field: Field): void {
  if (RESERVED_FIELDS.includes(name)) {
    const message = `"${name}" stands for something else where a task is completed`;
    report.addAtKey('schema_invalid', path, message, 'Give the field another name.');
  }
  const { type, choices } = typeof field === 'string' ? { type: field, choices: undefined } : field;
  if (type === 'choice' && choices === undefined) {
    report.add('schema_invalid', path, `"${name}" leaves nothing to choose from`, 'Add choices: [one, another].');
  }
  if (type !== 'choice' && choices !== undefined) {
    report.addAtKey('schema_invalid', [...path, 'choices'], 'only a choice has choices', 'Write type: choice.');
  }
}

function checkForm(report: Report, { path, step }: StepUse): void {
  for (const [name, field] of Object.entries(step.task?.fields ?? {})) {
    checkField(report, [...path, 'task', 'fields', name], name, field);
  }
  const outcomes = step.task?.outcomes ?? [];
  for (const [index, outcome] of outcomes.entries()) {
    const place = [...path, 'task', 'outcomes', index];
    if (outcomes.indexOf(outcome) < index) {
      report.add('duplicate_id', place, `there are two outcomes "${outcome}"`, 'Remove one.');
    }
    if (!RESERVED_OUTCOMES.includes(outcome)) continue;
    const message = `"${outcome}" can happen to every task already`;
    report.add('schema_invalid', place, message, 'Give the outcome another name.');
  }
}

/** Steps, events and declared fields share the names below `data`. */
function checkNames(report: Report): void {
  const { document } = report;
  const declared = new Set([...Object.keys(document.data ?? {}), ...Object.keys(document.events ?? {})]);
  for (const name of Object.keys(document.events ?? {})) {
    if (!Object.hasOwn(document.data ?? {}, name)) continue;
    const message = `data.${name} is declared already, and this event would write there`;
    report.addAtKey('duplicate_id', ['events', name], message, 'Give one of the two another name.');
  }
  for (const { path, step } of stepsOf(document)) {
    if (!(step.task?.fields ?? step.call) || !declared.has(step.id)) continue;
    const message = `data.${step.id} is declared already, and this step would write there`;
    report.add('duplicate_id', [...path, 'id'], message, 'Give the step another id.');
  }
}

/** Forms: fields and outcomes that cannot be told apart from others, choices without a choice. */
export function checkForms(report: Report): void {
  for (const use of stepsOf(report.document)) checkForm(report, use);
  checkNames(report);
}
