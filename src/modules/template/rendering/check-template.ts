import { analyse } from './allow-list.js';
import type { VariableUse } from './allow-list.js';
import type { Place, TemplateProblem } from './problem.js';
import { parseTemplate } from './syntax.js';
import type { TemplateVariables } from './variables.js';
import { checkVariables } from './variables.js';

/** A variable a template names, at its first place. */
export type TemplateVariable = Place & {
  readonly path: string;
  /** True when the template can be rendered without it: it is asked for first everywhere. */
  readonly optional: boolean;
  readonly list: boolean;
};

export type TemplateCheck = {
  /** In reading order; empty = the template may be published. */
  readonly problems: readonly TemplateProblem[];
  readonly variables: readonly TemplateVariable[];
  /** UTF-16 units every rendering has at least: the text outside of blocks. */
  readonly minLength: number;
};

function variablesIn(uses: readonly VariableUse[]): readonly TemplateVariable[] {
  const variables = new Map<string, TemplateVariable>();
  for (const { path, kind, guarded, line, column } of uses) {
    const known = variables.get(path) ?? { path, line, column, optional: true, list: false };
    const isOptional = known.optional && (guarded || kind !== 'text');
    variables.set(path, { ...known, optional: isOptional, list: known.list || kind === 'list' });
  }
  return [...variables.values()];
}

function textOutsideBlocks(program: hbs.AST.Program): number {
  const texts = program.body.map((node) =>
    node.type === 'ContentStatement' ? (node as hbs.AST.ContentStatement).value : '',
  );
  // Blanks at the ends are cut off when it is rendered.
  return texts.join('').trim().length;
}

/**
 * Checks a template before it is stored: size, syntax, the allow-list, and that each variable has a value in every
 * branch that shows it. `known` = the variables with a value (`variablesOf`). Never throws on a string.
 *
 * Names that some steps give and others do not are unknown, and an optional variable used without `{{#if}}` is a
 * problem even if today's channel always has it: a published template must render for every message.
 */
export function checkTemplate(source: string, known: TemplateVariables): TemplateCheck {
  const parsed = parseTemplate(source);
  if (!parsed.ok) return { problems: [parsed.problem], variables: [], minLength: 0 };
  const { problems, uses } = analyse(parsed.program);
  const all = [...problems, ...checkVariables(uses, known)];
  return {
    problems: all.sort((a, b) => a.line - b.line || a.column - b.column),
    variables: variablesIn(uses),
    minLength: textOutsideBlocks(parsed.program),
  };
}
