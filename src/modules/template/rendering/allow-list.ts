import type { Place, TemplateProblem } from './problem.js';
import { placeOf } from './problem.js';
import { MAX_DEPTH, MAX_ITEMS, MAX_STATEMENTS } from './limits.js';

type Ast = {
  readonly program: hbs.AST.Program;
  readonly statement: hbs.AST.Statement;
  readonly mustache: hbs.AST.MustacheStatement;
  readonly block: hbs.AST.BlockStatement;
  readonly path: hbs.AST.PathExpression;
};

/** One place where a template names a variable. `guarded` = inside a branch that runs only when it has a value. */
export type VariableUse = Place & {
  readonly path: string;
  readonly kind: 'text' | 'condition' | 'list';
  readonly guarded: boolean;
};

export type Analysis = { readonly problems: readonly TemplateProblem[]; readonly uses: readonly VariableUse[] };

type Scope = { readonly guards: ReadonlySet<string>; readonly inEach: boolean; readonly depth: number };

const SEGMENT = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;

/** Helpers of Handlebars, and names every JavaScript object answers to: neither may be taken for a variable. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['if', 'unless', 'each', 'with', 'lookup', 'log', 'else', 'this', 'helperMissing', 'blockHelperMissing', 'inline'],
  ...['constructor', 'prototype', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toLocaleString'],
  ...['toString', 'valueOf', 'caller', 'callee', 'arguments', 'undefined', 'null', 'true', 'false'],
]);

class Walk {
  readonly problems: TemplateProblem[] = [];
  readonly uses: VariableUse[] = [];
  #statements = 0;

  program(program: Ast['program'], scope: Scope): void {
    if (program.blockParams?.length > 0) this.#forbid(program, 'Names after "as" are not available.');
    for (const statement of program.body) this.#statement(statement, scope);
  }

  #statement(statement: Ast['statement'], scope: Scope): void {
    this.#statements += scope.inEach ? MAX_ITEMS : 1;
    if (this.#statements > MAX_STATEMENTS) return this.#tooLarge(statement);
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        return this.#mustache(statement as Ast['mustache'], scope);
      case 'BlockStatement':
        return this.#block(statement as Ast['block'], scope);
      case 'PartialStatement':
      case 'PartialBlockStatement':
        return this.#forbid(statement, 'Partials are not available; write the text here.');
      default:
        return this.#forbid(statement, 'Decorators are not available.');
    }
  }

  #mustache(mustache: Ast['mustache'], scope: Scope): void {
    if (!mustache.escaped) return this.#forbid(mustache, 'Write a variable in two braces, without "&".');
    if (mustache.params.length > 0 || mustache.hash) {
      return this.#forbid(mustache, 'A variable takes no arguments; helpers are not available.');
    }
    this.#use(mustache.path, 'text', scope);
  }

  #block(block: Ast['block'], scope: Scope): void {
    const name = (block.path as { original: unknown }).original;
    if (name !== 'if' && name !== 'unless' && name !== 'each') {
      return this.#forbid(block, 'Only the blocks if, unless and each are available.');
    }
    // A raw block ({{{{if x}}}}) is the one that has no strip flags.
    if (block.openStrip.open === undefined) return this.#forbid(block, 'Raw blocks are not available.');
    const [subject] = block.params;
    if (block.params.length !== 1 || !subject || block.hash) {
      return this.#forbid(block, `${name} takes one variable and nothing else.`);
    }
    if (scope.depth >= MAX_DEPTH) return this.#forbid(block, `Blocks nest ${MAX_DEPTH} deep at most.`);
    if (name === 'each' && scope.inEach) return this.#forbid(block, 'A list inside a list is not available.');
    const path = this.#use(subject, name === 'each' ? 'list' : 'condition', scope);
    this.#branches(block, name, path, { ...scope, depth: scope.depth + 1 });
  }

  #branches(block: Ast['block'], name: 'if' | 'unless' | 'each', path: string | null, scope: Scope): void {
    const present = path === null ? scope : { ...scope, guards: new Set([...scope.guards, path]) };
    const main = name === 'each' ? { ...scope, inEach: true } : name === 'if' ? present : scope;
    // The grammar leaves either branch out when it is empty.
    const branches = block as { program?: Ast['program']; inverse?: Ast['program'] };
    if (branches.program) this.program(branches.program, main);
    if (branches.inverse) this.program(branches.inverse, name === 'unless' ? present : scope);
  }

  /** Records a use and returns its path; null when it is none of ours (`this`, or a problem). */
  #use(expression: hbs.AST.Expression, kind: VariableUse['kind'], scope: Scope): string | null {
    if (expression.type !== 'PathExpression') {
      this.#forbid(expression, 'A variable is expected here.');
      return null;
    }
    const path = expression as Ast['path'];
    const isItem = path.original === 'this' && !path.data;
    if (isItem && scope.inEach) return null;
    if (isItem || scope.inEach) {
      this.#forbid(
        path,
        isItem ? '"this" is the item of each; outside it has no meaning.' : 'Inside each only {{this}} is available.',
      );
      return null;
    }
    if (!isPlain(path)) {
      this.#forbid(path, 'A variable is a name, or two names joined by a point.');
      return null;
    }
    this.uses.push({ path: path.original, kind, guarded: scope.guards.has(path.original), ...placeOf(path.loc.start) });
    return path.original;
  }

  #forbid(node: hbs.AST.Node, message: string): void {
    this.problems.push({ code: 'template_forbidden', ...placeOf(node.loc.start), message });
  }

  #tooLarge(node: hbs.AST.Node): void {
    if (this.problems.some((problem) => problem.code === 'template_too_large')) return;
    const message = `The template does more than ${MAX_STATEMENTS} things; what stands in each counts ${MAX_ITEMS} times.`;
    this.problems.push({ code: 'template_too_large', ...placeOf(node.loc.start), message });
  }
}

/** No `@data`, `../`, `./`, `a/b`, and no segment that is a helper or a property every object has. */
function isPlain(path: Ast['path']): boolean {
  return (
    !path.data &&
    path.depth === 0 &&
    (path.parts.length === 1 || path.parts.length === 2) &&
    path.original === path.parts.join('.') &&
    path.parts.every((part) => SEGMENT.test(part) && !RESERVED.has(part))
  );
}

/** A name cannot be a text and hold other names: the values are flat strings. */
function clashes(uses: readonly VariableUse[]): readonly TemplateProblem[] {
  const groups = new Set(uses.flatMap(({ path }) => (path.includes('.') ? [path.split('.')[0]] : [])));
  return uses
    .filter(({ path }) => groups.has(path))
    .map(({ path, line, column }) => ({
      code: 'template_forbidden',
      line,
      column,
      message: `"${path}" cannot be a variable and the beginning of others.`,
    }));
}

/**
 * Compares a parsed template with what templates may hold: text, comments, `{{name}}` and `{{group.name}}`, `if`,
 * `unless` and `else`, and one level of `each` with `{{this}}`. Everything else Handlebars knows is a problem, because
 * each of it has been the way into a server somewhere (partials, helpers, `lookup`, `@root`, prototypes) or a way to
 * keep it busy (nested loops).
 */
export function analyse(program: hbs.AST.Program): Analysis {
  const walk = new Walk();
  walk.program(program, { guards: new Set(), inEach: false, depth: 0 });
  return { problems: [...walk.problems, ...clashes(walk.uses)], uses: walk.uses };
}
