import type { FieldChange, PlanChange } from '../../domain/definition/plan-changes.js';

/** A problem of a definition as the API answers it. */
export type Problem = { readonly code: string; readonly severity: string; readonly line: number } & {
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
};

/** The comparison of a text with a version as the API answers it. */
export type TextDiff = {
  readonly from: number;
  readonly unified: string;
  readonly changes: readonly PlanChange[] | null;
  readonly problems: readonly Problem[];
};

const MARKS: Readonly<Record<PlanChange['change'], string>> = { added: '+', removed: '-', changed: '~' };

/** Changes as lines: a mark, what it is, and for each value that is another one what it was and is. */
export function changeLines(changes: readonly PlanChange[]): string[] {
  return changes.flatMap(({ part, id, change, fields }) => [
    `${MARKS[change]} ${part} ${id}`,
    ...fields.map(fieldLine),
  ]);
}

function fieldLine({ name, before, after }: FieldChange): string {
  return `    ${name}: ${inOneLine(before)} -> ${inOneLine(after)}`;
}

function inOneLine(value: FieldChange['before']): string {
  if (value === null) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
