import type { VariableUse } from './allow-list.js';
import type { TemplateProblem } from './problem.js';

/** Which variables have a value when a template is rendered. */
export type TemplateVariables = {
  /** Always. */
  readonly guaranteed: readonly string[];
  /** For some messages: to be used only inside `{{#if name}}`. */
  readonly optional: readonly string[];
  /** Those of the above that are lists: to be used only with `each`, `if` and `unless`. */
  readonly lists?: readonly string[];
  /**
   * True while no step sends the template: any name without a point is then taken as given by a step to come, and
   * publishing that step checks that it is.
   */
  readonly open?: boolean;
};

/** What every template may name, whoever sends it. */
export const COMMON_VARIABLES: TemplateVariables = {
  guaranteed: ['shop.name', 'inquiry.number'],
  optional: ['buyer.name', 'agent.name', 'order.number', 'product.title'],
};

/**
 * The variables of a template that the given steps send: the common ones, and what *every* step gives it in `with`
 * (the rule of the API). `sends` holds the names of each step's `with`, `[]` for a step that uses it as a draft.
 */
export function variablesOf(sends: readonly (readonly string[])[]): TemplateVariables {
  const [first, ...rest] = sends;
  if (first === undefined) return { ...COMMON_VARIABLES, open: true };
  const given = first.filter((name) => rest.every((other) => other.includes(name)));
  return {
    guaranteed: [...COMMON_VARIABLES.guaranteed, ...given],
    optional: COMMON_VARIABLES.optional.filter((name) => !given.includes(name)),
  };
}

function problemOf(use: VariableUse, known: TemplateVariables): Omit<TemplateProblem, 'line' | 'column'> | null {
  const { path } = use;
  const isOptional = known.optional.includes(path);
  const isLater = known.open === true && !path.includes('.');
  if (!isOptional && !isLater && !known.guaranteed.includes(path)) {
    const names = [...known.guaranteed, ...known.optional].join(', ');
    return { code: 'variable_unknown', message: `No step gives "${path}" a value. Known are: ${names}.` };
  }
  const isList = isLater ? use.kind === 'list' : (known.lists ?? []).includes(path);
  if (use.kind !== 'condition' && isList !== (use.kind === 'list')) {
    const message = isList ? `"${path}" is a list: use each.` : `"${path}" is no list.`;
    return { code: 'template_forbidden', message };
  }
  if (use.kind === 'text' && isOptional && !use.guarded) {
    const message = `"${path}" is missing for some messages: write it inside {{#if ${path}}}…{{/if}}.`;
    return { code: 'variable_may_be_missing', message };
  }
  return null;
}

/** Compares the variables a template uses with those that have a value. */
export function checkVariables(uses: readonly VariableUse[], known: TemplateVariables): readonly TemplateProblem[] {
  return uses.flatMap((use) => {
    const problem = problemOf(use, known);
    return problem ? [{ code: problem.code, line: use.line, column: use.column, message: problem.message }] : [];
  });
}
