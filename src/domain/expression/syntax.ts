import type { ASTNode } from '@marcbachmann/cel-js';
import { COMPREHENSIONS } from './functions.js';

/** Names bound by the comprehensions around a node, with what they stand for where that is known. */
export type Bindings<Value> = ReadonlyMap<string, Value>;

/** A comprehension such as `list.exists(x, …)`, taken apart. */
export type Comprehension = { readonly range: ASTNode; readonly variable: string; readonly body: readonly ASTNode[] };

/** Takes `node` apart when it is a comprehension over a list, else null. */
export function comprehensionOf(node: ASTNode): Comprehension | null {
  if (node.op !== 'rcall') return null;
  const [name, range, [variable, ...body]] = node.args;
  if (!COMPREHENSIONS.has(name) || variable?.op !== 'id' || body.length === 0) return null;
  return { range, variable: variable.args, body };
}

/** The operands of a node in the order they are written; the variable of a comprehension is not one. */
export function operandsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case 'call':
      return node.args[1];
    case 'rcall': {
      const comprehension = comprehensionOf(node);
      if (comprehension) return [comprehension.range, ...comprehension.body];
      return [node.args[1], ...node.args[2]];
    }
    default:
      return node.args;
  }
}

/** The string a literal node holds, else null. */
export function literalString(node: ASTNode | undefined): string | null {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

/** One step of a selection: `a.b` and `a["b"]` name the field `b`; null for anything else, `a[0]` included. */
export function selectionOf(node: ASTNode): { readonly from: ASTNode; readonly field: string } | null {
  if (node.op === '.') return { from: node.args[0], field: node.args[1] };
  if (node.op !== '[]') return null;
  const field = literalString(node.args[1]);
  return field === null ? null : { from: node.args[0], field };
}
