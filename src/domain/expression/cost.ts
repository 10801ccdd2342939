import type { ASTNode } from '@marcbachmann/cel-js';
import { compilePattern } from './pattern.js';
import { MAX_LIST, MAX_TEXT } from './scope.js';
import { comprehensionOf, literalString, operandsOf, selectionOf } from './syntax.js';

/** Upper bound of one evaluation, about one microsecond a unit. */
export const MAX_COST = 1_000_000;

/** KiB of a text field, and of any other string. */
const TEXT_KIB = Math.ceil(MAX_TEXT / 1024);
const STRING_KIB = 1;

/** Units for one KiB of text and one instruction of a pattern, measured on the slowest engine of the library. */
const MATCH_UNITS = 40;

/** `kib` = size of the string a node can yield, or of one element when it yields a list. */
type Estimate = { readonly cost: number; readonly kib: number };

const sum = (parts: readonly Estimate[], of: keyof Estimate): number =>
  parts.reduce((total, part) => total + part[of], 0);

const largest = (parts: readonly Estimate[]): number => Math.max(0, ...parts.map((part) => part.kib));

function estimateMethod(node: ASTNode & { readonly op: 'rcall' }, parts: readonly Estimate[]): Estimate {
  const receiver = parts[0]?.kib ?? 0;
  const cost = 1 + sum(parts, 'cost') + sum(parts, 'kib');
  if (node.args[0] === 'join') return { cost: cost + MAX_LIST * receiver, kib: MAX_LIST * receiver };
  if (node.args[0] !== 'matches') return { cost, kib: receiver };
  const pattern = compilePattern(literalString(node.args[2][0]) ?? '');
  return { cost: cost + Math.max(1, receiver) * MATCH_UNITS * (pattern.ok ? pattern.size : 1), kib: 0 };
}

function estimate(node: ASTNode): Estimate {
  const comprehension = comprehensionOf(node);
  if (comprehension) {
    const range = estimate(comprehension.range);
    const body = comprehension.body.map(estimate);
    return { cost: range.cost + MAX_LIST * (1 + sum(body, 'cost')), kib: Math.max(range.kib, largest(body)) };
  }
  const parts = operandsOf(node).map(estimate);
  if (node.op === 'rcall') return estimateMethod(node, parts);
  if (node.op === 'value') return { cost: 1, kib: typeof node.args === 'string' ? node.args.length / 1024 : 0 };
  if (node.op === 'id') return { cost: 1, kib: STRING_KIB };
  const selection = selectionOf(node);
  if (selection) return { cost: 1 + sum(parts, 'cost'), kib: selection.field === 'text' ? TEXT_KIB : STRING_KIB };
  if (node.op === '+') return { cost: 1 + sum(parts, 'cost') + sum(parts, 'kib'), kib: sum(parts, 'kib') };
  if (node.op === 'in') return { cost: 1 + sum(parts, 'cost') + MAX_LIST * largest(parts), kib: 0 };
  return { cost: 1 + sum(parts, 'cost') + sum(parts, 'kib'), kib: largest(parts) };
}

/** The most one evaluation of a parsed expression can cost, in the units of `MAX_COST`. */
export function costOf(root: ASTNode): number {
  return estimate(root).cost;
}
