import type { ASTNode } from '@marcbachmann/cel-js';
import { FUNCTIONS, METHODS, COMPREHENSIONS, isTimeZone } from './functions.js';
import { nearest } from './nearest.js';
import { compilePattern } from './pattern.js';
import type { Field, Shape } from './scope.js';
import type { Bindings } from './syntax.js';
import { comprehensionOf, literalString, operandsOf, selectionOf } from './syntax.js';

/**
 * What is wrong in an expression and where: `offset` counts characters from its start. `data` = a field of `data` is not
 * declared, which is a matter of the definition more than of the expression.
 */
export type Finding = { readonly message: string; readonly offset: number; readonly about?: 'data' | 'expression' };

type Bound = Bindings<Field | null>;

const meant = (word: string, candidates: Iterable<string>): string => {
  const best = nearest(word, candidates);
  return best === null ? '' : `; did you mean "${best}"?`;
};

const recordOf = (field: Field | null): Shape | null =>
  field !== null && typeof field === 'object' && 'record' in field ? field.record : null;

const elementOf = (field: Field | null): Field | null => {
  if (field === 'strings') return 'string';
  return field !== null && typeof field === 'object' && 'list' in field ? { record: field.list } : null;
};

const member = (shape: Shape, name: string): Field | null =>
  Object.hasOwn(shape, name) ? (shape[name] ?? null) : null;

/** The declared field a node selects, or null when it is a computed value. */
function fieldOf(node: ASTNode, scope: Shape, bound: Bound): Field | null {
  if (node.op === 'id') return bound.has(node.args) ? (bound.get(node.args) ?? null) : member(scope, node.args);
  const selection = selectionOf(node);
  if (selection) {
    const shape = recordOf(fieldOf(selection.from, scope, bound));
    return shape && member(shape, selection.field);
  }
  return node.op === '[]' ? elementOf(fieldOf(node.args[0], scope, bound)) : null;
}

function nameFinding(node: ASTNode, scope: Shape, bound: Bound): Finding | null {
  if (node.op === 'id') {
    if (bound.has(node.args) || Object.hasOwn(scope, node.args)) return null;
    return { message: `unknown name "${node.args}"${meant(node.args, Object.keys(scope))}`, offset: node.pos };
  }
  const selection = selectionOf(node);
  const shape = selection && recordOf(fieldOf(selection.from, scope, bound));
  if (!selection || !shape || Object.hasOwn(shape, selection.field)) return null;
  const offset = node.op === '[]' ? node.args[1].pos : node.pos;
  const message = `unknown field "${selection.field}"${meant(selection.field, Object.keys(shape))}`;
  const { from } = selection;
  const ofData = from.op === 'id' && from.args === 'data' && !bound.has('data');
  return ofData ? { message, offset, about: 'data' } : { message, offset };
}

function callFinding(node: ASTNode): Finding | null {
  if (node.op === 'call') {
    const [name, [argument]] = node.args;
    if (!FUNCTIONS.has(name))
      return { message: `unknown function "${name}"${meant(name, FUNCTIONS)}`, offset: node.pos };
    if (name !== 'has' || argument?.op === '.') return null;
    return { message: 'has() takes a field, for example has(buyer.value)', offset: node.pos };
  }
  if (node.op !== 'rcall') return null;
  const [name, receiver, args] = node.args;
  const offset = node.input.indexOf(name, receiver.end);
  if (!METHODS.has(name) && !COMPREHENSIONS.has(name)) {
    return { message: `unknown method "${name}"${meant(name, METHODS)}`, offset };
  }
  if (name === 'matches') return patternFinding(args[0], offset);
  const zone = name.startsWith('get') ? literalString(args[0]) : null;
  if (zone === null || isTimeZone(zone)) return null;
  return { message: `unknown time zone "${zone}"`, offset: args[0]?.pos ?? node.pos };
}

function patternFinding(argument: ASTNode | undefined, fallback: number): Finding | null {
  const offset = argument?.start ?? fallback;
  const source = literalString(argument);
  if (source === null) return { message: 'the pattern of matches() must be a literal text', offset };
  const pattern = compilePattern(source);
  return pattern.ok ? null : { message: pattern.message, offset };
}

function visit(node: ASTNode, scope: Shape, bound: Bound, found: Finding[]): void {
  const finding = nameFinding(node, scope, bound) ?? callFinding(node);
  if (finding) found.push(finding);
  const comprehension = comprehensionOf(node);
  if (!comprehension) {
    for (const operand of operandsOf(node)) visit(operand, scope, bound, found);
    return;
  }
  visit(comprehension.range, scope, bound, found);
  const element = elementOf(fieldOf(comprehension.range, scope, bound));
  const inner = new Map([...bound, [comprehension.variable, element]]);
  for (const part of comprehension.body) visit(part, scope, inner, found);
}

/**
 * Everything in a parsed expression that names something `scope` does not have: names, fields (inside `has` too, which
 * the type check passes over), functions, time zones, and patterns of `matches` that are no literal or no RE2.
 */
export function nameFindings(root: ASTNode, scope: Shape): readonly Finding[] {
  const found: Finding[] = [];
  visit(root, scope, new Map(), found);
  return found.sort((left, right) => left.offset - right.offset);
}
