import type { Plan } from '../../../domain/definition/plan.js';
import { checksumOf } from './checksum.js';
import { compileDefinition } from './compile.js';
import type { Environment } from './environment.js';
import { lint } from './lint.js';
import { parseDefinition } from './parse.js';
import type { Problem } from './problem.js';
import { MAX_PROBLEMS, byPlace, problem } from './problem.js';
import type { DefinitionDocument } from './schema/schema.js';
import { validateShape } from './schema/validate.js';
import type { Source } from './source.js';

/** What a definition's text comes to. */
export type DefinitionCheck = {
  /** By line; of more than 200 the errors come first. */
  readonly problems: readonly Problem[];
  /** The document, when its shape is right. */
  readonly document?: DefinitionDocument;
  /** SHA-256 of the document's canonical JSON, with the document. */
  readonly checksum?: string;
  /** The plan, when there is no error; its version is 0 until publishing gives it one. */
  readonly plan?: Plan;
};

function arranged(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems.toSorted(byPlace);
  const errorsFirst = problems.toSorted((left, right) => (left.severity < right.severity ? -1 : 1));
  return errorsFirst.slice(0, MAX_PROBLEMS).sort(byPlace);
}

function misnamed(source: Source, document: DefinitionDocument, key: string | undefined): readonly Problem[] {
  if (key === undefined || document.key === key) return [];
  const message = `the definition is called "${document.key}" here and "${key}" in the path`;
  return [problem('schema_invalid', 'key', source.locate(['key']), { message, remedy: `Write: key: ${key}` })];
}

/**
 * Reads, checks and compiles a definition: the one entry to the language. Expected mistakes are problems, it never throws.
 * @param contentType media type of the text: JSON when it says so, else YAML
 * @param environment what exists in the tenant
 * @param key what the definition must be called, when that is settled
 */
export function checkDefinition(
  text: string,
  contentType: string,
  environment: Environment,
  key?: string,
): DefinitionCheck {
  const parsed = parseDefinition(text, contentType);
  if (!parsed.ok) return { problems: arranged(parsed.problems) };
  const validated = validateShape(parsed.source);
  if (!validated.ok) return { problems: arranged(validated.problems) };
  const { document } = validated;
  const checksum = checksumOf(parsed.source.value);
  const problems = arranged([...misnamed(parsed.source, document, key), ...lint(parsed.source, document, environment)]);
  if (problems.some(({ severity }) => severity === 'error')) return { problems, document, checksum };
  return { problems, document, checksum, plan: compileDefinition(document, { version: 0, checksum }) };
}
