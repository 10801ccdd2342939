/**
 * Why a template is refused: `template_syntax` not well formed · `template_forbidden` a construct outside the allow-list ·
 * `template_too_large` more bytes or more work than a message needs · `variable_unknown` nobody gives it a value ·
 * `variable_may_be_missing` there are messages without it, and the template does not ask first.
 */
export type TemplateProblemCode =
  'template_syntax' | 'template_forbidden' | 'template_too_large' | 'variable_unknown' | 'variable_may_be_missing';

/** `line` and `column` count from 1, columns in UTF-16 units. */
export type TemplateProblem = {
  readonly code: TemplateProblemCode;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

export type Place = { readonly line: number; readonly column: number };

/** Handlebars counts columns from 0. */
export function placeOf(position: { readonly line: number; readonly column: number }): Place {
  return { line: position.line, column: position.column + 1 };
}
