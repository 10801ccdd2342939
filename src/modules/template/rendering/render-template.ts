import Handlebars from 'handlebars';
import { analyse } from './allow-list.js';
import type { VariableUse } from './allow-list.js';
import { MAX_ITEMS, MAX_OUTPUT_BYTES, MAX_VALUE } from './limits.js';
import { parseTemplate } from './syntax.js';

/** Values by variable path (`buyer.name`, `back`); what is not there is missing. Lists hold at most `MAX_ITEMS` items. */
export type TemplateValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export type RenderCode =
  'template_invalid' | 'variable_missing' | 'list_too_long' | 'output_too_large' | 'output_empty';

export type Rendered =
  | { readonly ok: true; readonly text: string }
  /** `variable` = the path that is missing or too long, where one is to blame. */
  | { readonly ok: false; readonly code: RenderCode; readonly variable: string | null };

export type RenderLimits = {
  /** UTF-8 bytes of the text, `MAX_OUTPUT_BYTES` at most. */
  readonly maxBytes: number;
};

type Compiled = { readonly uses: readonly VariableUse[]; readonly run: (context: object) => string };

/** Compiled templates in memory, over all tenants. */
const KEPT = 256;

/** An environment of our own: nothing registered elsewhere in the process reaches a template. */
const environment = Handlebars.create();
for (const helper of ['with', 'lookup', 'log', 'helperMissing', 'blockHelperMissing']) {
  environment.unregisterHelper(helper);
}
environment.unregisterDecorator('inline');

const COMPILE_OPTIONS: CompileOptions = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { if: true, unless: true, each: true },
  // Marketplaces show plain text: the channel's encoder escapes where a channel needs it, once.
  noEscape: true,
  // Without data there is no @root to read.
  data: false,
};

/** By source; `null` = refused by the allow-list. Insertion order is the order of last use. */
const compiled = new Map<string, Compiled | null>();

function compile(source: string): Compiled | null {
  const parsed = parseTemplate(source);
  if (!parsed.ok) return null;
  const { problems, uses } = analyse(parsed.program);
  if (problems.length > 0) return null;
  const template = environment.compile<object>(source, COMPILE_OPTIONS);
  return { uses, run: (context) => template(context) };
}

function compiledOf(source: string): Compiled | null {
  const known = compiled.get(source);
  const found = known === undefined ? compile(source) : known;
  compiled.delete(source);
  compiled.set(source, found);
  const [oldest] = compiled.keys();
  if (compiled.size > KEPT && oldest !== undefined) compiled.delete(oldest);
  return found;
}

/** Line breaks and control characters would let a name rearrange the message; bidi marks, what is read of it. */
const BLANKS = /[\s\p{Cc}]+/gu;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function clean(value: string): string {
  const line = value
    .slice(0, MAX_VALUE * 4)
    .replace(BIDI, '')
    .replace(BLANKS, ' ')
    .trim();
  const cut = line.slice(0, MAX_VALUE);
  return cut.isWellFormed() ? cut : cut.replace(/[\ud800-\udbff]$/, '').toWellFormed();
}

function valueAt(values: TemplateValues, path: string): string | readonly string[] | undefined {
  return Object.hasOwn(values, path) ? values[path] : undefined;
}

type Namespace = Record<string, unknown>;

/** Handlebars puts the object into the message of its error about a missing name, which needs a primitive form. */
function emptyNamespace(): Namespace {
  const namespace = Object.create(null) as Namespace;
  return Object.defineProperty(namespace, Symbol.toPrimitive, { value: () => 'the values' });
}

/** Only what the template names, as own properties of objects without a prototype: nothing is there to inherit. */
function contextOf(uses: readonly VariableUse[], values: TemplateValues): object {
  const context = emptyNamespace();
  for (const { path } of uses) {
    const [first = '', second] = path.split('.');
    const value = valueAt(values, path);
    const kept = typeof value === 'string' ? clean(value) : value && Object.freeze(value.map(clean));
    if (second === undefined) {
      if (kept !== undefined) context[first] = kept;
      continue;
    }
    // Present even when empty, so that {{#if group.name}} can be asked.
    const group = (context[first] ??= emptyNamespace()) as Namespace;
    if (kept !== undefined) group[second] = kept;
  }
  for (const group of Object.values(context)) Object.freeze(group);
  return Object.freeze(context);
}

const refused = (code: RenderCode, variable: string | null = null): Rendered => ({ ok: false, code, variable });

/**
 * Renders a template that `checkTemplate` accepted (any other is refused again) with the given values, as plain text
 * without leading and trailing blanks. Pure for equal arguments; a refusal is a value.
 *
 * The time is bounded by what is allowed, not by a clock: at most `MAX_STATEMENTS` statements, each appending at most
 * `MAX_VALUE` units, one level of `each` over at most `MAX_ITEMS` items, no recursion, no regular expression on
 * template text; the worst template stays under 50 ms with its compilation.
 */
export function renderTemplate(
  source: string,
  values: TemplateValues,
  limits: RenderLimits = { maxBytes: MAX_OUTPUT_BYTES },
): Rendered {
  const template = compiledOf(source);
  if (template === null) return refused('template_invalid');
  const { uses, run } = template;
  const long = uses.find(
    ({ path }) => Array.isArray(valueAt(values, path)) && (valueAt(values, path)?.length ?? 0) > MAX_ITEMS,
  );
  if (long) return refused('list_too_long', long.path);
  let text: string;
  try {
    text = run(contextOf(uses, values)).trim();
  } catch (failure) {
    if (!(failure instanceof Handlebars.Exception)) throw failure;
    const missing = uses.find(
      ({ path, kind, guarded }) => kind === 'text' && !guarded && valueAt(values, path) === undefined,
    );
    return refused('variable_missing', missing?.path ?? null);
  }
  if (text === '') return refused('output_empty');
  const isTooLarge = Buffer.byteLength(text) > Math.min(limits.maxBytes, MAX_OUTPUT_BYTES);
  return isTooLarge ? refused('output_too_large') : { ok: true, text };
}
