/** Codes that block publishing, in the words of the language (docs/definitions.md). */
export const ERROR_CODES = [
  'yaml_invalid',
  'schema_invalid',
  'limit_exceeded',
  'not_supported_yet',
  'unknown_step',
  'unreachable_step',
  'loop_without_wait',
  'wait_without_exit',
  'no_close',
  'no_path_to_person',
  'duplicate_id',
  'unknown_queue',
  'unknown_template',
  'unknown_calendar',
  'unknown_chain',
  'unknown_connection',
  'unknown_event',
  'unknown_field',
  'unknown_retention',
  'template_missing_locale',
  'channel_cannot',
  'chain_names_nobody',
  'pause_on_wall_clock',
  'calendar_never_opens',
  'rule_shadowed',
  'auto_reply_loop',
  'expression_type',
  'outcome_not_handled',
] as const;

/** Codes that are shown and do not block. */
export const WARNING_CODES = [
  'uncovered_hours',
  'deadline_longer_than_platform',
  'unused_obligation',
  'unused_chain',
  'unused_template',
  'task_interrupt',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
export type WarningCode = (typeof WARNING_CODES)[number];
export type ProblemCode = ErrorCode | WarningCode;

/** Line and column count from 1; a column is counted in UTF-16 code units. */
export type Place = { readonly line: number; readonly column: number };

/**
 * What is wrong in a definition, and what to do about it. `path` is dotted; a step or rule is named by its id where it has
 * one, else by its index: `steps.reply.on.sent`, `escalations.late-reply.0.at`.
 */
export type Problem = Place & {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
};

const WARNINGS: ReadonlySet<string> = new Set(WARNING_CODES);

/** A problem whose severity follows from its code. */
export function problem(
  code: ProblemCode,
  path: string,
  place: Place,
  text: { readonly message: string; readonly remedy: string },
): Problem {
  const severity = WARNINGS.has(code) ? 'warning' : 'error';
  return { code, severity, path, line: place.line, column: place.column, ...text };
}

/** A text can be wrong in thousands of places; nobody reads further than this. */
export const MAX_PROBLEMS = 200;

/** By line, then column, then code. */
export function byPlace(left: Problem, right: Problem): number {
  return left.line - right.line || left.column - right.column || (left.code < right.code ? -1 : 1);
}
