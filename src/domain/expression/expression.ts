import type { Finding } from './names.js';
import { referencedRoots } from './paths.js';
import type { ExpressionType, Program } from './program.js';
import { EXPRESSION_TYPES, programOf } from './program.js';
import type { DataTypes, ScopeName } from './scope.js';

export { conjunctsOf, referencedPaths } from './paths.js';
export type { ExpressionType } from './program.js';
export type { DataTypes, ScopeName } from './scope.js';

/** Whatever JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue | undefined };

/** What an expression must yield at its place; `number` = int or double, `any` = each type of `ExpressionType`. */
export type ExpectedType = 'bool' | 'string' | 'number' | 'timestamp' | 'any';

/**
 * What is wrong in an expression; `line` and `column` count from 1 within it, `offset` from 0. `about: 'data'` = it reads a
 * data field that is not declared.
 */
export type ExpressionProblem = {
  readonly message: string;
  readonly about: 'expression' | 'data';
  readonly line: number;
  readonly column: number;
  readonly offset: number;
};

export type ExpressionCheck =
  | { readonly ok: true; readonly type: ExpressionType }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

export type CheckOptions = {
  /** Declared data fields; none by default. */
  readonly data?: DataTypes;
  /** Names the expression may use; `definition` by default. */
  readonly scope?: ScopeName;
  readonly expect: ExpectedType;
};

/**
 * The facts an expression is taken on, by the names of its scope. Instants are UTC epoch milliseconds; what is missing, null
 * or undefined is an absent field, of which `has` is false.
 */
export type ExpressionContext = object;

export type Evaluation =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly error: string };

/** What has no type of its own may turn out to be anything. */
const ACCEPTED: Readonly<Record<ExpectedType, readonly ExpressionType[]>> = {
  bool: ['bool', 'dyn'],
  string: ['string', 'dyn'],
  number: ['int', 'double', 'dyn'],
  timestamp: ['timestamp', 'dyn'],
  any: EXPRESSION_TYPES,
};

const WANTED: Readonly<Record<ExpectedType, string>> = {
  bool: 'true or false',
  string: 'a text',
  number: 'a number',
  timestamp: 'an instant',
  any: 'a value',
};

function located(source: string, { message, offset, about = 'expression' }: Finding): ExpressionProblem {
  const before = source.slice(0, offset).split('\n');
  return { message, about, offset, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/**
 * Type-checks a CEL expression (https://github.com/google/cel-spec) against the names of its scope. Unknown names, fields
 * and functions, patterns of `matches` that are not literal RE2, a result of another type than `expect`, and expressions
 * that could cost too much are problems with their position. Never throws.
 */
export function checkExpression(source: string, options: CheckOptions): ExpressionCheck {
  const program = programOf(source, options.scope ?? 'definition', options.data ?? {});
  if (!program.ok) {
    return { ok: false, problems: program.findings.map((found) => located(source, found)) };
  }
  if (ACCEPTED[options.expect].includes(program.type)) return { ok: true, type: program.type };
  const message = `must yield ${WANTED[options.expect]}, but yields ${program.type}`;
  return { ok: false, problems: [located(source, { message, offset: 0 })] };
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new Error('not a finite number');
}

function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return finite(value.getTime());
  if (typeof value === 'number') return finite(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(toJson);
  throw new Error('not a value that JSON can hold');
}

type LibraryError = { readonly code?: unknown; readonly range?: { readonly start: number; readonly end: number } };

/** A code and the operator's own words: the library's messages may quote a buyer's text. */
function reasonOf(error: unknown, source: string): string {
  const { code, range } = (typeof error === 'object' && error !== null ? error : {}) as LibraryError;
  const place = range ? `: ${source.slice(range.start, range.end)}` : '';
  return `${typeof code === 'string' ? code : 'evaluation_failed'}${place}`;
}

function run(program: Program & { readonly ok: true }, source: string, context: ExpressionContext): Evaluation {
  // Only names of the scope are left in a program that passed its check. Whoever makes the values up when they are read may
  // throw for reasons of their own, which are none of the expression's.
  const given = referencedRoots(program.run.ast).map(
    (name) => [name, (context as Readonly<Record<string, unknown>>)[name]] as const,
  );
  try {
    const values: Record<string, unknown> = {};
    for (const [name, raw] of given) {
      const value = program.scope.convert(name, raw);
      if (value !== undefined) values[name] = value;
    }
    return { ok: true, value: toJson(program.run(values)) };
  } catch (error) {
    return { ok: false, error: reasonOf(error, source) };
  }
}

/**
 * Takes an expression on a context. Integers come back as numbers, instants as epoch milliseconds. An expression that does
 * not fit its scope or fails on these facts (an absent field, a division by zero) is an `error`: a code and the failing part
 * of the source, never a value from the context. Never throws.
 */
export function evaluateExpression(
  source: string,
  data: DataTypes,
  context: ExpressionContext,
  scope: ScopeName = 'definition',
): Evaluation {
  const program = programOf(source, scope, data);
  if (!program.ok) return { ok: false, error: `expression_invalid: ${program.findings[0]?.message ?? ''}` };
  return run(program, source, context);
}
