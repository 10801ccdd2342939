import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;
type OpenApiSchema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/**
 * The JSON Schema (2020-12, as OpenAPI 3.1 has it) of what a zod schema takes or gives. What JSON Schema cannot say, a
 * refinement for example, is left out.
 *
 * @param io `input` = what a caller sends, defaults not filled in; `output` = what a caller gets
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutNoise(jsonSchema, io),
  });
  return rest;
}

/** The same, for the decorators of `@nestjs/swagger` that take a schema as it is. */
export function openApiSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): OpenApiSchema {
  return jsonSchemaOf(schema, io);
}

function withoutNoise(schema: Record<string, unknown>, io: 'input' | 'output'): void {
  // An answer may have more members in a later release; a client that refuses those would break by it.
  if (io === 'output' && schema['additionalProperties'] === false) delete schema['additionalProperties'];
  // A format says it for people; the expression zod checks it by is hundreds of characters of the same.
  if (schema['format'] !== undefined) delete schema['pattern'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
}
