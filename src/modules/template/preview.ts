import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import { renderTemplate } from './rendering/index.js';
import type { RenderCode, TemplateCheck, TemplateValues } from './rendering/index.js';

export type Preview = {
  readonly text: string;
  /** UTF-16 units, as channels count them. */
  readonly length: number;
  readonly variables: readonly { readonly path: string; readonly optional: boolean; readonly list: boolean }[];
};

const MESSAGES: Readonly<Record<RenderCode, string>> = {
  template_invalid: 'The template has errors.',
  variable_missing: 'It has no value, and the template does not ask first.',
  list_too_long: 'The list has too many items.',
  output_too_large: 'The text becomes too long.',
  output_empty: 'Nothing is left of the text with these values.',
};

/** Renders a checked template with the given values; what cannot be rendered is refused with the place to blame. */
export function previewTemplate(source: string, check: TemplateCheck, values: TemplateValues): Outcome<Preview> {
  if (check.problems.length > 0) return refused('template_invalid', { problems: check.problems });
  const rendered = renderTemplate(source, values);
  const variables = check.variables.map(({ path, optional, list }) => ({ path, optional, list }));
  if (rendered.ok) return done({ text: rendered.text, length: rendered.text.length, variables });
  const { line, column } = check.variables.find(({ path }) => path === rendered.variable) ?? { line: 1, column: 1 };
  const message =
    rendered.variable === null ? MESSAGES[rendered.code] : `"${rendered.variable}": ${MESSAGES[rendered.code]}`;
  return refused('template_invalid', { problems: [{ code: rendered.code, line, column, message }] });
}
