import { Environment, serialize } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { BoundedCache } from './bounded-cache.js';
import { comprehensionOf, operandsOf, selectionOf } from './syntax.js';

const bare = new Environment();

/** Parsed without types; null when it is not an expression. */
function parse(source: string): ASTNode | null {
  try {
    return bare.parse(source).ast;
  } catch {
    return null;
  }
}

/** The dotted path a node selects from a free name, or null. */
function pathOf(node: ASTNode, bound: ReadonlySet<string>): string | null {
  if (node.op === 'id') return bound.has(node.args) ? null : node.args;
  const selection = selectionOf(node);
  const from = selection && pathOf(selection.from, bound);
  return selection && from !== null ? `${from}.${selection.field}` : null;
}

function collect(node: ASTNode, bound: ReadonlySet<string>, paths: Set<string>): void {
  const path = pathOf(node, bound);
  if (path !== null) {
    paths.add(path);
    return;
  }
  const comprehension = comprehensionOf(node);
  if (!comprehension) {
    for (const operand of operandsOf(node)) collect(operand, bound, paths);
    return;
  }
  collect(comprehension.range, bound, paths);
  const inner = new Set([...bound, comprehension.variable]);
  for (const part of comprehension.body) collect(part, inner, paths);
}

function pathsOf(root: ASTNode): readonly string[] {
  const paths = new Set<string>();
  collect(root, new Set(), paths);
  return [...paths].sort();
}

/** The facts an expression reads, as sorted dotted paths such as `buyer.value`; none when it does not parse. */
export function referencedPaths(source: string): readonly string[] {
  return paths.get(source, () => {
    const root = parse(source);
    return root ? pathsOf(root) : [];
  });
}

const paths = new BoundedCache<readonly string[]>(2_000);

const roots = new WeakMap<ASTNode, readonly string[]>();

/** The names of the scope a parsed expression uses. */
export function referencedRoots(root: ASTNode): readonly string[] {
  const known = roots.get(root);
  if (known) return known;
  const found = [...new Set(pathsOf(root).map((path) => path.split('.')[0] ?? path))];
  roots.set(root, found);
  return found;
}

/**
 * The conditions joined by `&&` at the top of an expression, each in one canonical spelling, sorted: equal for expressions
 * that differ only in spacing, brackets or order. Null when it does not parse.
 */
export function conjunctsOf(source: string): readonly string[] | null {
  const root = parse(source);
  if (!root) return null;
  const parts: string[] = [];
  const visit = (node: ASTNode): void => {
    if (node.op === '&&') node.args.forEach(visit);
    else parts.push(serialize(node));
  };
  visit(root);
  return [...new Set(parts)].sort();
}
