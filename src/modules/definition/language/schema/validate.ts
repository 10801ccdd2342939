import type { z } from 'zod';
import { nearest } from '../../../../domain/expression/nearest.js';
import type { Problem } from '../problem.js';
import { MAX_PROBLEMS, problem } from '../problem.js';
import type { Path, Source } from '../source.js';
import { definitionJsonSchema, definitionSchema } from './schema.js';
import type { DefinitionDocument } from './schema.js';

type Issue = z.core.$ZodIssue;

const SEE = 'The whole language is described at /v1/definitions/schema.json.';

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
};

function schemaBelow(schema: JsonSchema, segment: string | number): readonly JsonSchema[] {
  const own = typeof segment === 'number' ? schema.items : schema.properties?.[segment];
  const other = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const found = own ?? (typeof segment === 'string' ? other : undefined);
  return found ? [found, ...(found.anyOf ?? [])] : [];
}

/** The keys the language has at `path`. */
function knownKeys(path: Path): readonly string[] {
  let schemas: readonly JsonSchema[] = [definitionJsonSchema()];
  for (const segment of path) schemas = schemas.flatMap((schema) => schemaBelow(schema, segment));
  return schemas.flatMap((schema) => Object.keys(schema.properties ?? {}));
}

/** Of a union, the alternative that comes nearest: one that fails deeper inside, not at its own type. */
function narrowed(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((issues) => issues.some((inner) => !isMismatch(inner)));
  if (!inside) return [issue];
  return inside.flatMap((inner) => narrowed({ ...inner, path: [...issue.path, ...inner.path] }));
}

const isMismatch = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');

function unknownKeys(source: Source, path: Path, keys: readonly string[]): readonly Problem[] {
  const known = knownKeys(path);
  return keys.slice(0, MAX_PROBLEMS).map((key) => {
    const full = [...path, key];
    const best = nearest(key, known);
    return problem('schema_invalid', source.nameOf(full), source.locate(full, 'key'), {
      message: `"${key}" is not a word of the language here`,
      remedy: best === null ? `Remove it. ${SEE}` : `Did you mean "${best}"? ${SEE}`,
    });
  });
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  record: 'a mapping',
};

const countOf = (count: number | bigint, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function sizeMessage(issue: Issue & { readonly code: 'too_small' | 'too_big' }): string {
  const [word, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  if (issue.origin === 'string') return `must have ${word} ${countOf(limit, 'character')}`;
  return issue.origin === 'array' ? `must have ${word} ${limit} of them` : `must be ${word} ${limit}`;
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'too_small' || issue.code === 'too_big') return sizeMessage(issue);
  if (!issue.message.startsWith('Invalid')) return issue.message;
  if (issue.code === 'invalid_type') return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values
      .map(String)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')}`;
  return 'is not as the language has it';
}

const subjectOf = (source: Source, path: Path): string => {
  const last = path.at(-1);
  if (last === undefined) return 'the definition';
  return typeof last === 'string' ? `"${last}"` : source.nameOf(path);
};

const UNQUOTED = 'Put an expression in single quotes; a text with : # ! & * in it, too.';

function problemsOf(source: Source, issue: Issue): readonly Problem[] {
  const path = issue.path.filter((segment) => typeof segment !== 'symbol');
  if (issue.code === 'unrecognized_keys') return unknownKeys(source, path, issue.keys);
  const name = source.nameOf(path);
  if (path.length > 0 && !source.has(path)) {
    const key = String(path.at(-1));
    return [
      problem('schema_invalid', name, source.locate(path.slice(0, -1)), {
        message: `"${key}" is missing`,
        remedy: `Add "${key}". ${SEE}`,
      }),
    ];
  }
  const message = messageOf(issue);
  const place = source.locate(path, issue.code === 'invalid_key' ? 'key' : 'value');
  const remedy = message.includes('expression') ? UNQUOTED : SEE;
  return [problem('schema_invalid', name, place, { message: `${subjectOf(source, path)} ${message}`, remedy })];
}

/** A misspelt word makes its step or action do nothing, too; the misspelling says it all. */
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const misspelt = new Set(
    issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => JSON.stringify(issue.path)),
  );
  return issues.filter((issue) => {
    const echo = issue.code === 'custom' && issue.message.startsWith('must do exactly one thing');
    return !echo || !misspelt.has(JSON.stringify(issue.path));
  });
}

export type Validated =
  | { readonly ok: true; readonly document: DefinitionDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks the shape of a parsed document against the language; every difference is `schema_invalid` with its place. */
export function validateShape(source: Source): Validated {
  const result = definitionSchema.safeParse(source.value);
  if (result.success) return { ok: true, document: result.data };
  const issues = withoutEchoes(result.error.issues.flatMap(narrowed));
  return { ok: false, problems: issues.flatMap((issue) => problemsOf(source, issue)) };
}
