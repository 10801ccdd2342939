import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEMS } from '../problems/codes.js';
import { jsonSchemaOf } from './json-schema.js';
import { completeOperation } from './operation.js';
import type { Operation } from './operation.js';

const DESCRIPTION = `Every answer is JSON in camelCase, instants are RFC 3339 in UTC with milliseconds, ids are UUIDs.
Refusals are problem documents (RFC 9457) with a stable \`code\`; all of them are listed at [/docs/problems](/docs/problems).
Lists answer \`items\` and \`nextCursor\`; send the cursor back to go on. A request that acts carries an
\`Idempotency-Key\` and may be repeated with the same one; a request that edits carries the \`ETag\` it has read as
\`If-Match\`. Tenant, member and role come from the key.`;

const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['channels', 'Where channels deliver; signed instead of carrying a key'],
  ['inquiries', 'Inquiries, their messages, and what people do with them'],
  ['tasks', 'Human work: find, claim, hold, complete'],
  ['stream', 'Changes as they happen'],
  ['system', 'Health and metrics of the process'],
];

/**
 * Describes the API of an application in OpenAPI 3.1, from its controllers. The same controllers give the same document.
 *
 * @param app built, not necessarily listening; an application in preview mode is enough
 */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Atende')
    .setVersion('1')
    .setDescription(DESCRIPTION.replaceAll('\n', ' '))
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This installation')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key of a member' });
  for (const [name, description] of TAGS) config.addTag(name, description);
  const document = SwaggerModule.createDocument(app, config.build(), {
    autoTagControllers: false,
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? ofZod(schema, schemaType) : undefined,
  });
  return { ...document, paths: pathsOf(document), components: componentsOf(document) };
}

/** Schemas with an id of their own are kept once and referred to. */
function ofZod(schema: z.ZodType, io: 'input' | 'output'): { schema: never; components: never } {
  const { $defs = {}, ...rest } = jsonSchemaOf(schema, io);
  return { schema: rest as never, components: $defs as never };
}

/** Paths in alphabetical order, so that a new route moves no other line of the committed document. */
function pathsOf({ paths }: OpenAPIObject): OpenAPIObject['paths'] {
  const sorted = Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => [method, completeOperation(operation as Operation)]),
      ),
    ]),
  );
}

function componentsOf({ components }: OpenAPIObject): NonNullable<OpenAPIObject['components']> {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return {
    ...components,
    schemas: { ...components?.schemas, Problem: PROBLEM },
    responses: { Problem: { description: 'A refusal as a problem document (RFC 9457)', content: problem } },
  };
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where the code is explained' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS), description: 'Stable; decide by it, not by the words' },
    detail: { type: 'string', description: 'What to do about it' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', format: 'json-pointer' }, detail: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
  additionalProperties: true,
};
