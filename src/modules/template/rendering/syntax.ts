import Handlebars from 'handlebars';
import { MAX_SOURCE_BYTES, MAX_TAGS } from './limits.js';
import type { Place, TemplateProblem } from './problem.js';
import { placeOf } from './problem.js';

export type Parsed =
  { readonly ok: true; readonly program: hbs.AST.Program } | { readonly ok: false; readonly problem: TemplateProblem };

/** What the generated parser keeps of the token it stumbled over; the error it throws has the line only in its text. */
type ParserState = {
  readonly Parser?: {
    readonly lexer?: { readonly yylloc?: { readonly first_line: number; readonly first_column: number } };
  };
};

const START: Place = { line: 1, column: 1 };

function placeOfFailure(failure: unknown): Place {
  const thrown = failure as { readonly lineNumber?: unknown; readonly column?: unknown };
  if (typeof thrown.lineNumber === 'number' && typeof thrown.column === 'number') {
    return placeOf({ line: thrown.lineNumber, column: thrown.column });
  }
  const token = (Handlebars as ParserState).Parser?.lexer?.yylloc;
  return token ? placeOf({ line: token.first_line, column: token.first_column }) : START;
}

/** The parser's own words quote the template and list grammar tokens; these say what to do. */
function explain(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : '';
  const mismatch = /^(\S+) doesn't match (\S+)/.exec(text);
  if (mismatch) return `The block "${mismatch[1]}" is closed by "${mismatch[2]}".`;
  if (/got 'EOF'/.test(text)) return 'A block is not closed.';
  return 'This is not well formed: check braces, names and the order of blocks.';
}

function tooLarge(message: string): Parsed {
  return { ok: false, problem: { code: 'template_too_large', ...START, message } };
}

/**
 * Parses a template: strings only, because Handlebars compiles a ready syntax tree without question. Refuses more than
 * `MAX_SOURCE_BYTES` and `MAX_TAGS` before parsing, whose cost grows with both.
 */
export function parseTemplate(source: string): Parsed {
  if (typeof source !== 'string') throw new TypeError('A template is a string');
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) {
    return tooLarge(`A template has ${MAX_SOURCE_BYTES} bytes at most.`);
  }
  if (source.split('{{').length - 1 > MAX_TAGS) return tooLarge(`A template has ${MAX_TAGS} tags at most.`);
  try {
    return { ok: true, program: Handlebars.parse(source) };
  } catch (failure) {
    const problem = { code: 'template_syntax', ...placeOfFailure(failure), message: explain(failure) } as const;
    return { ok: false, problem };
  }
}
