import { CST, Lexer, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { ParsedNode, Scalar, YAMLError } from 'yaml';
import type { JsonValue } from '../../../domain/expression/expression.js';
import { jsonFault } from './json-fault.js';
import type { Place, Problem } from './problem.js';
import { problem } from './problem.js';
import type { Mark, Path, ScalarStyle } from './source.js';
import { Source, lineStarts, placeIn } from './source.js';

/** Size of a definition, in bytes of UTF-8. */
export const MAX_BYTES = 64 * 1024;

/** Mappings and lists within each other. */
const MAX_DEPTH = 32;

const TOO_DEEP = 'nested too deeply';
const NEST_LESS = `Nest at most ${MAX_DEPTH} levels.`;

/** A broken text can break every following line; the first ones tell what is wrong. */
const MAX_YAML_PROBLEMS = 20;

export type Parsed =
  { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly problems: readonly Problem[] };

type Report = (offset: number, message: string, remedy?: string) => void;

const QUOTE = 'An expression, or a text with : # ! & * ? { } [ ] in it, is a quoted string: put it in single quotes.';

const fault = (place: Place, message: string, remedy: string): Problem =>
  problem('yaml_invalid', '', place, { message, remedy });

/** Errors that `scan` reports more clearly. */
const SCANNED = new Set(['TAG_RESOLVE_FAILED', 'MULTIPLE_TAGS', 'MULTIPLE_ANCHORS', 'BAD_ALIAS', 'ALIAS_PROPS']);

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Give all entries of one level the same indentation.',
  MULTIPLE_DOCS: 'Write one document only, without a second ---.',
  RESOURCE_EXHAUSTION: NEST_LESS,
};

/** Marks of the lexer that stand for no character of the text. */
const ZERO_WIDTH = new Set<string>([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

const FORBIDDEN: Readonly<Record<string, string>> = {
  tag: 'a YAML tag',
  anchor: 'a YAML anchor',
  alias: 'a YAML alias',
  'directive-line': 'a YAML directive',
};

const OPENS = new Set(['flow-seq-start', 'flow-map-start']);
const CLOSES = new Set(['flow-seq-end', 'flow-map-end']);

/**
 * What the language leaves out of YAML is found on the tokens, where it has an exact place. False when brackets nest too
 * deeply to go on: the parser takes a long time over thousands of them.
 */
function scan(text: string, report: Report): boolean {
  let offset = 0;
  let depth = 0;
  let content = false;
  for (const token of new Lexer().lex(text)) {
    if (ZERO_WIDTH.has(token)) {
      content = token === CST.SCALAR;
      continue;
    }
    const type = content ? '' : (CST.tokenType(token) ?? '');
    const what = FORBIDDEN[type];
    if (what !== undefined) {
      const remedy = `If it is an expression, put it in single quotes: '${token}'. Otherwise write the value out.`;
      report(offset, `"${token}" is read as ${what}, which the language does not have`, remedy);
    }
    if (OPENS.has(type)) depth++;
    if (CLOSES.has(type)) depth--;
    if (depth > MAX_DEPTH) {
      report(offset, TOO_DEEP, NEST_LESS);
      return false;
    }
    content = false;
    offset += token.length;
  }
  return true;
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'quoted',
  QUOTE_DOUBLE: 'quoted',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

/** Turns nodes into plain JSON values and notes where each stands. */
class Builder {
  readonly marks = new Map<string, Mark>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  build(node: ParsedNode | null, path: Path, key: number): JsonValue {
    const [start, end] = node?.range ?? [key, key];
    const style = isScalar(node) ? (STYLES[node.type ?? ''] ?? 'plain') : null;
    this.marks.set(JSON.stringify(path), { key, value: start, end, style });
    if (path.length > MAX_DEPTH) {
      this.#report(start, TOO_DEEP, NEST_LESS);
      return null;
    }
    if (isSeq<ParsedNode>(node)) {
      return node.items.map((item, index) => this.build(item, [...path, index], item.range[0]));
    }
    if (isMap<ParsedNode, ParsedNode | null>(node)) return this.#mapping(node.items, path);
    return isScalar(node) ? this.#scalar(node, start) : null;
  }

  #mapping(pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[], path: Path): JsonValue {
    const entries = new Map<string, JsonValue>();
    for (const { key, value } of pairs) {
      if (!isScalar(key) || typeof key.value !== 'string') continue;
      const name = key.value;
      const offset = key.range?.[0] ?? 0;
      if (name === '__proto__' || name === 'constructor') this.#report(offset, `"${name}" is a reserved name`);
      if (entries.has(name)) this.#report(offset, `the key "${name}" stands here twice`, 'Remove one of the two.');
      this.#scalar(key, offset);
      entries.set(name, this.build(value, [...path, name], offset));
    }
    return Object.fromEntries(entries);
  }

  #scalar(node: Scalar, offset: number): JsonValue {
    const { value } = node;
    if (typeof value === 'string') {
      if (!value.isWellFormed() || value.includes('\0')) {
        this.#report(offset, 'holds a character that is not text', 'Remove unpaired surrogates and NUL characters.');
      }
      return value;
    }
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
    this.#report(offset, 'is not a number that JSON can hold', 'Write a smaller number, or a text in quotes.');
    return null;
  }
}

function parseYaml(text: string, starts: readonly number[]): Parsed {
  const problems: Problem[] = [];
  const report: Report = (offset, message, remedy = QUOTE) => {
    problems.push(fault(placeIn(starts, offset), message, remedy));
  };
  if (!scan(text, report)) return { ok: false, problems };
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    stringKeys: true,
    // Compared by `Builder`: the library compares every pair of keys.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const raised: readonly YAMLError[] = [...document.errors, ...document.warnings];
  for (const { code, message, pos } of raised) {
    if (!SCANNED.has(code)) report(pos[0], message.charAt(0).toLowerCase() + message.slice(1), REMEDIES[code] ?? QUOTE);
  }
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_YAML_PROBLEMS) };
  const builder = new Builder(report);
  const value = builder.build(isAlias(document.contents) ? null : document.contents, [], 0);
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_YAML_PROBLEMS) };
  return { ok: true, source: new Source(text, value, builder.marks) };
}

/**
 * Reads the text of a definition: one YAML 1.2 document of the core schema without anchors, aliases, tags, directives and
 * duplicate keys, parser warnings being errors; or JSON when `contentType` is a JSON media type. Errors are `yaml_invalid`
 * with line and column, a text over 64 KiB is `limit_exceeded`. Never throws.
 */
export function parseDefinition(given: string, contentType: string): Parsed {
  const text = given.replace(/^\uFEFF/, '');
  const starts = lineStarts(text);
  const failed = (...problems: readonly Problem[]): Parsed => ({ ok: false, problems });
  if (new TextEncoder().encode(text).length > MAX_BYTES) {
    const place = placeIn(starts, Math.max(0, text.search(/^[ \t]*"?steps"?[ \t]*:/m)));
    const message = `the definition is larger than ${MAX_BYTES / 1024} KiB`;
    return failed(problem('limit_exceeded', '', place, { message, remedy: 'Split it, or shorten its texts.' }));
  }
  const control = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (control >= 0) return failed(fault(placeIn(starts, control), 'a control character', 'Remove it.'));
  if (/^application\/(?:.*\+)?json\b/i.test(contentType)) {
    const wrong = jsonFault(text);
    if (wrong)
      return failed(
        fault(placeIn(starts, wrong.offset), `not JSON: ${wrong.expected} is expected here`, 'Correct the JSON.'),
      );
  }
  return parseYaml(text, starts);
}
