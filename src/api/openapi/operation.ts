import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
type Parameter = { readonly name: string; readonly in: string; readonly schema?: Readonly<Record<string, unknown>> };

const PROBLEM = { $ref: '#/components/responses/Problem' };

/** Adds what follows from the rest of an operation: its refusals, and that ids are UUIDs. */
export function completeOperation(operation: Operation): Operation {
  const parameters = (operation.parameters ?? []) as unknown as readonly Parameter[];
  const refusals = Object.fromEntries(refusalsOf(operation, parameters).map((status) => [status, PROBLEM]));
  return {
    ...operation,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(withIdFormat) }),
    ...(operation.requestBody === undefined ? {} : { requestBody: withBody(operation.requestBody as Body) }),
    responses: { ...refusals, ...operation.responses, default: PROBLEM },
  } as Operation;
}

type Media = { readonly schema?: Readonly<Record<string, unknown>> };
type Body = { readonly required?: boolean; readonly content?: Readonly<Record<string, Media>> };

/** A body that has a default may be left out. */
function withBody(body: Body): Body {
  return body.content?.['application/json']?.schema?.['default'] === undefined ? body : { ...body, required: false };
}

function refusalsOf(operation: Operation, parameters: readonly Parameter[]): number[] {
  const has = (name: string): boolean => parameters.some((parameter) => parameter.name === name);
  const statuses = new Set<number>();
  const add = (when: boolean, ...added: number[]): void => {
    if (when) for (const status of added) statuses.add(status);
  };
  add(parameters.some((parameter) => parameter.in === 'query') || operation.requestBody !== undefined, 400);
  add((operation.security ?? []).length > 0, 401, 403);
  add(
    parameters.some((parameter) => parameter.in === 'path'),
    404,
  );
  add(has('Idempotency-Key'), 400, 409, 422);
  add(has('If-Match'), 412, 428);
  return [...statuses].sort((a, b) => a - b);
}

/** A path id that is no UUID names nothing; a parameter that says more about itself keeps its own words. */
function withIdFormat(parameter: Parameter): Parameter {
  const bare = JSON.stringify(parameter.schema) === '{"type":"string"}';
  const isId = parameter.in === 'path' && /^(id|\w+Id)$/.test(parameter.name);
  return bare && isId ? { ...parameter, schema: { type: 'string', format: 'uuid' } } : parameter;
}
