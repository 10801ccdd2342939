import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import { BoundedCache } from './bounded-cache.js';
import { MAX_COST, costOf } from './cost.js';
import { dataKey, typedScope } from './environment.js';
import type { TypedScope } from './environment.js';
import { runtimeMethod, withSourceNames } from './functions.js';
import type { Finding } from './names.js';
import { nameFindings } from './names.js';
import type { DataTypes, ScopeName } from './scope.js';
import { operandsOf } from './syntax.js';

/** Characters of an expression. */
const MAX_SOURCE = 2_000;

/** Types an expression can yield; `list` is a list of strings, `dyn` a part of an outside system's answer. */
export const EXPRESSION_TYPES = ['bool', 'string', 'int', 'double', 'timestamp', 'list', 'dyn'] as const;
export type ExpressionType = (typeof EXPRESSION_TYPES)[number];

/** A checked expression, ready to run, or what is wrong with it. */
export type Program =
  | { readonly ok: true; readonly type: ExpressionType; readonly scope: TypedScope; readonly run: ParseResult }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const TYPE_NAMES: Readonly<Record<string, ExpressionType>> = {
  bool: 'bool',
  string: 'string',
  int: 'int',
  double: 'double',
  'google.protobuf.Timestamp': 'timestamp',
  'list<string>': 'list',
  dyn: 'dyn',
};

type LibraryError = { readonly summary?: string; readonly range?: { readonly start: number } };

/** The library's wording with the types named as the documentation names them. */
function findingOf(error: unknown): Finding {
  const { summary, range } = (typeof error === 'object' && error !== null ? error : {}) as LibraryError;
  const message = withSourceNames(summary ?? (error instanceof Error ? error.message : 'not an expression'))
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replace(/\bEOF\b/g, 'end of the expression');
  return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`, offset: range?.start ?? 0 };
}

function renameMethods(node: ASTNode): void {
  if (node.op === 'rcall') node.args[0] = runtimeMethod(node.args[0]);
  for (const operand of operandsOf(node)) renameMethods(operand);
}

function compile(source: string, scope: TypedScope): Program {
  const failed = (...findings: readonly Finding[]): Program => ({ ok: false, findings });
  if (source.length > MAX_SOURCE) {
    return failed({ message: `longer than ${MAX_SOURCE} characters`, offset: MAX_SOURCE });
  }
  try {
    const run = scope.environment.parse(source);
    const unknown = nameFindings(run.ast, scope.shape);
    if (unknown.length > 0) return failed(...unknown);
    if (costOf(run.ast) > MAX_COST) return failed({ message: 'may take too long: simplify it', offset: 0 });
    renameMethods(run.ast);
    const checked = run.check();
    if (!checked.valid) return failed(findingOf(checked.error));
    const type = TYPE_NAMES[checked.type ?? ''];
    // Elsewhere every name has a type, and what mixes them says nothing that could be relied on.
    if (!type || (type === 'dyn' && scope.shape['body'] !== 'json'))
      return failed({ message: 'yields neither a plain value nor a list of texts', offset: 0 });
    return { ok: true, type, scope, run };
  } catch (error) {
    return failed(findingOf(error));
  }
}

const programs = new BoundedCache<Program>(2_000);

/** Those of one definition, found without putting a key together: a decision asks for a dozen. */
const ofDefinition = new WeakMap<DataTypes, Map<ScopeName, BoundedCache<Program>>>();

/** Parses, checks and prepares an expression; the same one is prepared once. */
export function programOf(source: string, scope: ScopeName, data: DataTypes): Program {
  const scopes = ofDefinition.get(data) ?? new Map<ScopeName, BoundedCache<Program>>();
  ofDefinition.set(data, scopes);
  const own = scopes.get(scope) ?? new BoundedCache<Program>(500);
  scopes.set(scope, own);
  return own.get(source, () =>
    programs.get(`${scope} ${dataKey(data)} ${source}`, () => compile(source, typedScope(scope, data))),
  );
}
